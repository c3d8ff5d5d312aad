/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pages that are there, and what is in them. */
#include "unit.h"

#include <sys/mman.h>
#include <unistd.h>

#include "lib/populate.h"
#include "lib/sysv.h"

enum { PAGES = 8 };

/* What madvise(2) says first; 0: what the kernel says. */
static int errors[2];
static size_t calls;

int __real_madvise(void *at, size_t length, int advice);
int __wrap_madvise(void *at, size_t length, int advice);

int __wrap_madvise(void *at, size_t length, int advice)
{
	const size_t call = calls++;

	if (call >= COUNT(errors) || !errors[call])
		return __real_madvise(at, length, advice);
	errno = errors[call];
	return -1;
}

static size_t page(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

static char *attach_new(void)
{
	int id = CREATE(0, PAGES * page() - 100, 0600);
	char *at = sysv_attach(id, true);

	assert_non_null(at);
	sysv_remove(id);
	return at;
}

static int count_there(char *at)
{
	unsigned char there[PAGES];
	int count = 0;

	assert_int_equal(mincore(at, PAGES * page(), there), 0);
	for (int i = 0; i < PAGES; i++)
		count += there[i] & 1;
	return count;
}

static void pretend(int first, int second)
{
	errors[0] = first;
	errors[1] = second;
	calls = 0;
}

static void every_page_is_there_with_what_was_in_it(void **state)
{
	(void)state;
	/* As it is, on a kernel that does not know it, and when it must be asked again. */
	for (int i = 0; i < 4; i++) {
		char *at = attach_new();

		pretend((int[]){0, EINVAL, EAGAIN, EINTR}[i], i == 3 ? EINVAL : 0);
		at[page() * 2] = 'x';
		assert_int_equal(count_there(at), 1);
		assert_int_equal(populate(at, PAGES * page() - 100), 0);
		assert_int_equal(count_there(at), PAGES);
		assert_int_equal(at[page() * 2], 'x');
		assert_int_equal(at[page() * 3], 0);
		sysv_detach(at);
	}
}

static void a_part_is_a_part(void **state)
{
	char *at = attach_new();

	(void)state;
	pretend(0, 0);
	assert_int_equal(populate(at + page(), 2 * page()), 0);
	assert_int_equal(count_there(at), 2);
	pretend(EINVAL, 0);
	assert_int_equal(populate(at + 4 * page(), 2 * page()), 0);
	assert_int_equal(count_there(at), 4);
	sysv_detach(at);
}

static void errors_arrive_as_they_are(void **state)
{
	char byte = 0;

	(void)state;
	pretend(EFAULT, 0);
	assert_int_equal(populate(&byte, 1), -1);
	assert_int_equal(errno, EFAULT);
	pretend(EAGAIN, ENOMEM);
	assert_int_equal(populate(&byte, 1), -1);
	assert_int_equal(errno, ENOMEM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_page_is_there_with_what_was_in_it),
		cmocka_unit_test(a_part_is_a_part),
		cmocka_unit_test(errors_arrive_as_they_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

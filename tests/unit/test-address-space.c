/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Real processes, with a memory of their own and with ours. */
#include "unit.h"

#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/address-space.h"

#include "kcmp.h"

enum { ID = 7, START = 0x7f0000 };

static bool memory_is_out;

void *__real_reallocarray(void *array, size_t count, size_t size);
void *__wrap_reallocarray(void *array, size_t count, size_t size);

void *__wrap_reallocarray(void *array, size_t count, size_t size)
{
	errno = ENOMEM;
	return memory_is_out ? NULL : __real_reallocarray(array, count, size);
}

static void end_child(pid_t pid)
{
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static int meet(struct address_spaces *met, pid_t pid, int id, uint64_t start)
{
	return address_spaces_meet(
		met, &(struct address_space){.pid = pid, .id = id, .start = start});
}

static void who_has_the_memory_of_one_met_before_is_told(void **state)
{
	struct address_spaces met = {0};
	pid_t pid;

	(void)state;
	need_kcmp();
	pid = start_cloned(CLONE_VM);
	assert_int_equal(meet(&met, getpid(), ID, START), 0);
	assert_int_equal(meet(&met, pid, ID, START), 1);
	assert_int_equal(meet(&met, getpid(), ID, START), 1);
	assert_int_equal(met.count, 1);
	end_child(pid);
	address_spaces_release(&met);
	assert_int_equal(met.count, 0);
}

static void forks_have_the_same_addresses_and_no_memory_in_common(void **state)
{
	struct address_spaces met = {0};
	pid_t pid[20];

	(void)state;
	need_kcmp();
	for (size_t i = 0; i < COUNT(pid); i++)
		pid[i] = start_cloned(0);
	for (int again = 0; again <= 1; again++)
		for (size_t i = 0; i < COUNT(pid); i++)
			assert_int_equal(meet(&met, pid[i], ID, START), again);
	for (size_t i = 0; i < COUNT(pid); i++)
		end_child(pid[i]);
	address_spaces_release(&met);
}

static void whatever_order_they_come_in_each_is_found_again(void **state)
{
	enum { PRIME = 1009 };
	struct address_spaces met = {0};

	(void)state;
	need_kcmp();
	for (int again = 0; again <= 1; again++)
		for (int i = 1; i < PRIME; i++) {
			const int mixed = i * 400 % PRIME;

			assert_int_equal(
				meet(&met, getpid(), mixed % 10, (uint64_t)mixed / 10),
				again);
		}
	address_spaces_release(&met);
}

static void who_has_ended_has_the_memory_of_nobody(void **state)
{
	struct address_spaces met = {0};
	const pid_t pid = start_cloned(0);

	(void)state;
	end_child(pid);
	assert_int_equal(meet(&met, pid, ID, START), 0);
	assert_int_equal(meet(&met, getpid(), ID, START), 0);
	assert_int_equal(meet(&met, pid, ID, START), 0);
	address_spaces_release(&met);
}

static void without_memory_those_met_before_stay(void **state)
{
	struct address_spaces met = {0};
	int start = 0, got;

	(void)state;
	need_kcmp();
	assert_int_equal(meet(&met, getpid(), ID, 0), 0);
	memory_is_out = true;
	while ((got = meet(&met, getpid(), ID, (uint64_t)++start)) == 0)
		;
	assert_int_equal(got, -1);
	assert_int_equal(errno, ENOMEM);
	memory_is_out = false;
	assert_int_equal(met.count, start);
	assert_int_equal(meet(&met, getpid(), ID, (uint64_t)start - 1), 1);
	assert_int_equal(meet(&met, getpid(), ID, (uint64_t)start), 0);
	address_spaces_release(&met);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_has_the_memory_of_one_met_before_is_told),
		cmocka_unit_test(forks_have_the_same_addresses_and_no_memory_in_common),
		cmocka_unit_test(whatever_order_they_come_in_each_is_found_again),
		cmocka_unit_test(who_has_ended_has_the_memory_of_nobody),
		cmocka_unit_test(without_memory_those_met_before_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

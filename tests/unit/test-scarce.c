/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where memory runs out: each module is made to do something while first one and then
 * another allocation fails, until none does. It must say ENOMEM each time, never less than
 * there is, and leave something that can be released.
 */
#include "unit.h"

#include <dirent.h>
#include <search.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <unistd.h>

#include "lib/attach.h"
#include "lib/content.h"
#include "lib/input.h"
#include "lib/limits.h"
#include "lib/memfile.h"
#include "lib/moment.h"
#include "lib/mounts.h"
#include "lib/protect.h"
#include "lib/scan.h"
#include "lib/send.h"
#include "lib/survey.h"
#include "lib/sysv.h"
#include "lib/verify.h"
#include "lib/walk.h"

static unsigned int *asked; /* how often memory was asked for, by children too */
static unsigned int fails;  /* which time it is not to be had; 0: it always is */

static bool is_out(void)
{
	errno = ENOMEM;
	return asked && ++*asked == fails;
}

#define WRAP(type, name, parameters, arguments, failure)               \
	type __real_##name parameters;                                 \
	type __wrap_##name parameters;                                 \
	type __wrap_##name parameters                                  \
	{                                                              \
		return is_out() ? (failure) : __real_##name arguments; \
	}

WRAP(void *, malloc, (size_t size), (size), NULL)
WRAP(void *, calloc, (size_t count, size_t size), (count, size), NULL)
WRAP(void *, realloc, (void *old, size_t size), (old, size), NULL)
WRAP(void *, reallocarray, (void *old, size_t count, size_t size), (old, count, size),
     NULL)
WRAP(char *, strdup, (const char *text), (text), NULL)
WRAP(DIR *, fdopendir, (int fd), (fd), NULL)
typedef int compare(const void *a, const void *b);
WRAP(void *, tsearch, (const void *key, void **root, compare *order), (key, root, order),
     NULL)
WRAP(void *, mmap, (void *at, size_t size, int prot, int flags, int fd, off_t offset),
     (at, size, prot, flags, fd, offset), MAP_FAILED)

void *__wrap_mmap64(void *at, size_t size, int prot, int flags, int fd, off_t offset);

void *__wrap_mmap64(void *at, size_t size, int prot, int flags, int fd, off_t offset)
{
	return __wrap_mmap(at, size, prot, flags, fd, offset);
}

/* Each of these returns 0 if it has found what there is, or -1 and errno. */
static int add_rules(void)
{
	struct protects rules = {0};
	int result = 0;

	for (int i = 0; result == 0 && i < 3; i++)
		result = protects_add(&rules, "a name") ? 0 : -1;
	assert_true(result || rules.count == 3);
	protects_release(&rules);
	return result;
}

static int add_selectors(void)
{
	const struct selector selector = {.id = 7};
	struct selectors list = {0};
	int result = 0;

	for (int i = 0; result == 0 && i < 3; i++)
		result = selectors_add(&list, &selector);
	assert_true(result || list.item[2].id == 7);
	selectors_release(&list);
	return result;
}

static int add_key_ranges(void)
{
	struct key_ranges ranges = {0};
	int result = 0;

	for (int i = 0; result == 0 && i < 3; i++)
		result = key_ranges_parse("0x10-0x20", &ranges);
	assert_true(result || ranges.item[2].last == 0x20);
	key_ranges_release(&ranges);
	return result;
}

static int add_findings(void)
{
	struct findings findings = {0};
	int result = 0;

	for (int i = 0; result == 0 && i < 100; i++)
		result = findings_add(&findings, &(struct finding){.segment.size = 2});
	assert_true(result || findings_size(&findings) == 200);
	findings_release(&findings);
	return result;
}

static int write_table(char *path, const char *text)
{
	int fd = mkstemp(path);

	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	return close(fd);
}

static int count_consumers(void)
{
	char path[] = "/tmp/shmtool-scarce-XXXXXX";
	struct limits limits = {.page_size = 4096};
	struct scan scan;
	int result, error;

	write_table(path, "       key      shmid perms\n"
			  "0 1 600 10 3 4 0 1 7 8 9 10 11 12 0 0\n"
			  "0 2 600 20 3 4 0 2 7 8 9 10 11 12 0 0\n");
	assert_int_equal(scan_open(&scan, path), 0);
	result = limits_count(&limits, &scan);
	error = errno;
	scan_close(&scan);
	unlink(path);
	assert_int_equal(limits.by_size.count, result ? 0 : 2);
	errno = error;
	return result;
}

static int read_mounts(void)
{
	char path[] = "/tmp/shmtool-scarce-XXXXXX";
	struct mounts mounts;
	int result, error;

	write_table(path, "none /a tmpfs rw 0 0\nnone /b tmpfs rw 0 0\n");
	result = mounts_read(&mounts, path);
	error = errno;
	unlink(path);
	assert_int_equal(mounts.count, result ? 0 : 2);
	mounts_release(&mounts);
	errno = error;
	return result;
}

/* A segment that this process alone has attached. */
static struct segment segment;
static char *at;

static int find_holders(void)
{
	static struct processes processes;
	const struct moment moment = moment_present();
	struct attach_search search = {.processes = &processes};
	struct attachment list[] = {{.id = segment.id, .nattch = 1}};
	int result, error;

	processes_init(&processes, &moment);
	result = attach_find(&search, list, COUNT(list));
	error = errno;
	assert_true(result || list[0].holders == 1);
	attach_release(list, COUNT(list));
	errno = error;
	return result;
}

static int walk_proc(void)
{
	struct walk walk = {.inode = 0};
	int event = walk_open(&walk, "/proc/self/task"), error;

	if (event == 0)
		do
			event = walk_next(&walk);
		while (event > WALK_END);
	error = errno;
	assert_true(event || walk.entries > 10);
	walk_release(&walk);
	errno = error;
	return event == WALK_END ? 0 : -1;
}

static int begin_to_send(void)
{
	struct content content = {.at = at, .file = -1, .segment = segment};
	struct sending sending = {.to = -1};
	int result = send_begin(&sending, &content, 0, 10), error = errno;

	send_end(&sending);
	assert_null(sending.buffer);
	errno = error;
	return result;
}

static int verify_zeros(void)
{
	struct content content = {.at = at, .file = -1, .segment = segment};
	struct verify verify = {.content = &content, .window = {0, 4096}};
	struct input input;
	int result, error;

	input_open_zeros(&input);
	verify.input = &input;
	do
		result = verify_step(&verify);
	while (result > 0);
	error = errno;
	assert_int_equal(verify.done, result ? 0 : 4096);
	assert_false(verify.input_failed);
	verify_close(&verify);
	input_close(&input);
	errno = error;
	return result;
}

static int stage_stream(void)
{
	int fd = memfile_open(0, 0), result, error;
	struct input input;

	assert_int_equal(write(fd, "bytes", 5), 5);
	lseek(fd, 0, SEEK_SET);
	assert_int_equal(input_open(&input, fd), 0);
	input.kind = INPUT_STREAM;
	do
		result = input_stage(&input, 100);
	while (result > 0);
	error = errno;
	assert_true(result || input.length == 5);
	input_close(&input);
	close(fd);
	errno = error;
	return result;
}

static int repeat_a_byte(void)
{
	struct input input;
	int result = input_open_byte(&input, 'x'), error = errno;
	char byte = 0;

	assert_true(result || (input_read(&input, &byte, 1, 0) == 1 && byte == 'x'));
	input_close(&input);
	errno = error;
	return result;
}

static void __attribute__((constructor)) share_count(void)
{
	asked = __real_mmap(NULL, sizeof(*asked), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

/* It says so each time, and is done when there is memory. Returns how often it asks. */
static unsigned int times_it_says_so(int (*job)(void))
{
	int result, error;

	for (unsigned int i = 1;; i++) {
		*asked = 0;
		fails = i;
		result = job();
		error = errno;
		fails = 0;
		if (*asked < i) {
			assert_int_equal(result, 0);
			return i - 1;
		}
		assert_int_equal(result, -1);
		assert_int_equal(error, ENOMEM);
	}
}

static void no_list_grows_by_what_it_has_no_room_for(void **state)
{
	(void)state;
	assert_int_equal(times_it_says_so(add_rules), 6); /* each has a name */
	assert_int_equal(times_it_says_so(add_selectors), 3);
	assert_int_equal(times_it_says_so(add_key_ranges), 3);
	assert_int_equal(times_it_says_so(add_findings), 2);
}

static void not_all_consumers_are_no_consumers(void **state)
{
	(void)state;
	assert_int_equal(times_it_says_so(count_consumers), 4);
}

static void not_all_mounts_are_no_mounts(void **state)
{
	(void)state;
	assert_int_equal(times_it_says_so(read_mounts), 2);
}

static void a_search_for_holders_does_not_end_early(void **state)
{
	(void)state;
	/* How often depends on how many processes there are. */
	assert_in_range(times_it_says_so(find_holders), 8, 40);
}

static void a_walk_does_not_end_early(void **state)
{
	(void)state;
	assert_true(times_it_says_so(walk_proc) >= 4);
}

static void nothing_is_sent_staged_or_verified(void **state)
{
	(void)state;
	assert_int_equal(times_it_says_so(begin_to_send), 2);
	assert_int_equal(times_it_says_so(verify_zeros), 1);
	assert_int_equal(times_it_says_so(stage_stream), 1);
	assert_int_equal(times_it_says_so(repeat_a_byte), 1);
}

static int make(void **state)
{
	int id = CREATE(0, 4096, 0600);

	(void)state;
	at = sysv_attach(id, true);
	return at ? sysv_stat(id, &segment) : -1;
}

static int drop(void **state)
{
	(void)state;
	sysv_detach(at);
	return sysv_remove(segment.id);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_list_grows_by_what_it_has_no_room_for),
		cmocka_unit_test(not_all_consumers_are_no_consumers),
		cmocka_unit_test(not_all_mounts_are_no_mounts),
		cmocka_unit_test(a_search_for_holders_does_not_end_early),
		cmocka_unit_test(a_walk_does_not_end_early),
		cmocka_unit_test(nothing_is_sent_staged_or_verified),
	};

	return cmocka_run_group_tests(tests, make, drop);
}

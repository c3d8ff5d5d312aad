/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/memory.h"
#include "lib/sysctl.h"

/* The name of a file with this text, to be unlinked. */
static void make_file(const char *text, char path[static 64])
{
	int fd;

	strcpy(path, "/tmp/shmtool-memory-XXXXXX");
	fd = mkstemp(path);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static void read_text(const char *text, struct memory *memory)
{
	char path[64];

	make_file(text, path);
	memory_read(memory, path);
	unlink(path);
}

static void numbers_are_bytes_or_pages(void **state)
{
	struct memory memory;

	(void)state;
	read_text("MemTotal:       100 kB\nMemFree: 7 kB\nSwapTotal:   0 kB\n"
		  "CommitLimit:  50 kB\nCommitted_AS:  3 kB\n"
		  "HugePages_Total:    20\nHugePages_Free:     15\nHugePages_Rsvd: 5\n"
		  "HugePages_Surp: 1\nHugepagesize:  2048 kB\nHugetlb: 40960 kB\n",
		  &memory);
	assert_int_equal(memory.total, 102400);
	assert_int_equal(memory.swap, 0);
	assert_int_equal(memory.commit_limit, 51200);
	assert_int_equal(memory.committed, 3072);
	assert_int_equal(memory.huge.total, 20);
	assert_int_equal(memory.huge.free, 15);
	assert_int_equal(memory.huge.reserved, 5);
	assert_int_equal(memory.huge.surplus, 1);
	assert_int_equal(memory.huge.size, 2 << 20);
	assert_int_equal(huge_pages_available(&memory.huge), 10);
}

static void what_is_missing_or_garbage_is_unknown(void **state)
{
	struct memory memory;

	(void)state;
	read_text("MemTotal: many kB\nSwapTotal: 5 MB\nCommitLimit:\nHugePages_Free: -1\n"
		  "Hugepagesize: 99999999999999999999 kB\n"
		  "Committed_AS: 18446744073709551615 kB\n",
		  &memory);
	assert_true(memory.total == MEMORY_UNKNOWN);
	assert_true(memory.swap == MEMORY_UNKNOWN);
	assert_true(memory.commit_limit == MEMORY_UNKNOWN);
	assert_true(memory.committed == MEMORY_UNKNOWN);
	assert_true(memory.huge.free == MEMORY_UNKNOWN);
	assert_true(memory.huge.size == MEMORY_UNKNOWN);
	assert_true(huge_pages_available(&memory.huge) == MEMORY_UNKNOWN);
	memory_read(&memory, "/nonexistent");
	assert_true(memory.total == MEMORY_UNKNOWN);
}

static void differences_of_pages_are_never_negative(void **state)
{
	const struct huge_pages huge = {
		.free = 2, .reserved = 5, .surplus = 1, .overcommit = 4};
	const struct huge_pages none = {.surplus = 1};

	(void)state;
	assert_int_equal(huge_pages_available(&huge), 0);
	assert_int_equal(huge_pages_possible(&huge), 3);
	assert_int_equal(huge_pages_possible(&none), 0);
}

static void pools_are_read_by_their_size(void **state)
{
	struct huge_pages huge;
	struct memory memory;

	(void)state;
	huge_pages_read(&huge, 3 << 20);
	assert_int_equal(huge.size, 3 << 20);
	assert_true(huge.total == MEMORY_UNKNOWN);
	assert_true(huge_pages_available(&huge) == MEMORY_UNKNOWN);
	memory_read(&memory, MEMORY_INFO);
	if (memory.huge.size == MEMORY_UNKNOWN)
		skip();
	huge_pages_read(&huge, memory.huge.size);
	assert_true(huge.total != MEMORY_UNKNOWN);
	assert_true(huge.overcommit != MEMORY_UNKNOWN);
	assert_true(huge_pages_available(&huge) <= huge.total);
}

static void the_sizes_that_there_are_come_in_order(void **state)
{
	static const char *const names[] = {"hugepages-1048576kB",
					    "hugepages-2048kB",
					    "hugepages-kB",
					    "hugepages-64",
					    "2048kB",
					    "hugepages-18446744073709551615kB"};
	char directory[] = "/tmp/shmtool-memory-XXXXXX", path[96];
	uint64_t sizes[MEMORY_HUGE_SIZES];

	(void)state;
	assert_non_null(mkdtemp(directory));
	assert_int_equal(huge_pages_sizes(directory, sizes), 0);
	for (size_t i = 0; i < COUNT(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", directory, names[i]);
		assert_int_equal(mkdir(path, 0700), 0);
	}
	assert_int_equal(huge_pages_sizes(directory, sizes), 2);
	assert_int_equal(sizes[0], 2 << 20);
	assert_int_equal(sizes[1], 1 << 30);
	for (size_t i = 0; i < COUNT(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", directory, names[i]);
		rmdir(path);
	}
	rmdir(directory);
	assert_int_equal(huge_pages_sizes(directory, sizes), 0);
}

static void a_sysctl_is_one_number_and_a_newline(void **state)
{
	static const char *const garbage[] = {"", "\n", "5", "5 6\n", "-1\n", "x\n"};
	uint64_t value = 7;
	char path[64];

	(void)state;
	for (size_t i = 0; i < COUNT(garbage); i++) {
		make_file(garbage[i], path);
		assert_int_equal(sysctl_read(path, &value), -1);
		assert_int_equal(errno, EBADMSG);
		unlink(path);
	}
	make_file("18446744073692774399\n", path);
	assert_int_equal(sysctl_read(path, &value), 0);
	assert_true(value == 18446744073692774399u);
	unlink(path);
	assert_int_equal(sysctl_read(path, &value), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(sysctl_read("/proc/self", &value), -1);
	assert_int_equal(errno, EISDIR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_bytes_or_pages),
		cmocka_unit_test(what_is_missing_or_garbage_is_unknown),
		cmocka_unit_test(differences_of_pages_are_never_negative),
		cmocka_unit_test(pools_are_read_by_their_size),
		cmocka_unit_test(the_sizes_that_there_are_come_in_order),
		cmocka_unit_test(a_sysctl_is_one_number_and_a_newline),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

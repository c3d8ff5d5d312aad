/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which pages have data. What is not swapped is of the real kernel; what is, is played:
 * whether the machine has swap is not for a test to decide.
 */
#include "unit.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <unistd.h>

#include "lib/content.h"
#include "lib/residency.h"
#include "lib/sysv.h"

enum { PAGES = 2048, PIECE = 256 }; /* 8 MiB, in pieces of 1 MiB */

/* For each page: whether it is played to be swapped out, and to stay so. */
static bool out[PAGES], stays_out[PAGES];
static bool plays, no_smaps;
static int mincore_error, populate_error, alone_error;
static const char *at;
static size_t alone, alone_end; /* pages of which a mapping of its own was made */

static size_t page(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

FILE *__real_fopen64(const char *path, const char *mode);
FILE *__wrap_fopen64(const char *path, const char *mode);
int __real_mincore(void *start, size_t length, unsigned char *vec);
int __wrap_mincore(void *start, size_t length, unsigned char *vec);
int __real_madvise(void *start, size_t length, int advice);
int __wrap_madvise(void *start, size_t length, int advice);

/* As the kernel writes it of one mapping; of what is swapped, what is in the range. */
static void write_mapping(FILE *file, size_t from, size_t to)
{
	size_t count = 0;

	for (size_t i = from; i < to; i++)
		count += out[i];
	if (from < to)
		fprintf(file,
			"%jx-%jx rw-s 00000000 00:01 7\nSize: %zu kB\nSwap: %zu kB\n",
			(uintmax_t)(uintptr_t)(at + from * page()),
			(uintmax_t)(uintptr_t)(at + to * page()), (to - from) * 4,
			count * page() / 1024);
}

FILE *__wrap_fopen64(const char *path, const char *mode)
{
	FILE *file;

	if (strcmp(path, "/proc/self/smaps") != 0)
		return __real_fopen64(path, mode);
	if (no_smaps)
		return NULL;
	if (!plays)
		return __real_fopen64(path, mode);
	file = tmpfile();
	fprintf(file, "1000-2000 r--p 00000000 00:01 7\nSwap: 12345 kB\n");
	write_mapping(file, 0, alone);
	write_mapping(file, alone, alone_end);
	write_mapping(file, alone_end, PAGES);
	rewind(file);
	return file;
}

int __wrap_mincore(void *start, size_t length, unsigned char *vec)
{
	size_t first = (size_t)((const char *)start - at) / page();

	if (mincore_error) {
		errno = mincore_error;
		return -1;
	}
	if (__real_mincore(start, length, vec))
		return -1;
	for (size_t i = 0; i < (length + page() - 1) / page(); i++)
		vec[i] = (unsigned char)(0xfe | (vec[i] && !out[first + i]));
	return 0;
}

int __wrap_madvise(void *start, size_t length, int advice)
{
	size_t first = (size_t)((const char *)start - at) / page();

	if (advice == MADV_DONTDUMP && alone_error) {
		errno = alone_error;
		return -1;
	}
	if (advice == MADV_DONTDUMP) {
		alone = first;
		alone_end = first + (length + page() - 1) / page();
	}
	if (advice == MADV_DODUMP)
		alone = alone_end = 0;
	if (advice == MADV_WILLNEED)
		for (size_t i = 0; i < length / page(); i++)
			if (!stays_out[first + i])
				out[first + i] = false;
	if (advice == 22 && populate_error) {
		errno = populate_error;
		return -1;
	}
	return __real_madvise(start, length, advice);
}

static struct content content;

/* Pages 3, 700 and the last have data. */
static int make(void **state)
{
	struct segment seen;
	int id = CREATE(0, PAGES * page() - 100, 0600);

	(void)state;
	memset(out, 0, sizeof(out));
	memset(stays_out, 0, sizeof(stays_out));
	plays = no_smaps = false;
	mincore_error = populate_error = alone_error = 0;
	alone = alone_end = 0;
	assert_true(id >= 0 && sysv_stat(id, &seen) == 0);
	assert_int_equal(content_open(&content, &seen, true), 0);
	at = content.at;
	content.at[3 * page()] = content.at[700 * page()] = 1;
	content.at[(PAGES - 1) * page()] = 1;
	return 0;
}

static int drop(void **state)
{
	(void)state;
	sysv_remove(content.segment.id);
	content_close(&content);
	return 0;
}

static void assert_right(const unsigned char *pages, size_t first, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t n = first + i;

		assert_int_equal(pages[i], n == 3 || n == 700 || n == PAGES - 1);
	}
}

static void what_is_in_memory_is_told_from_holes(void **state)
{
	unsigned char pages[PAGES];

	(void)state;
	assert_int_equal(residency_look(&content, 0, content.segment.size, pages), 0);
	assert_right(pages, 0, PAGES);
	assert_int_equal(residency_look(&content, 2 * page(), 10 * page(), pages), 0);
	assert_right(pages, 2, 10);
}

static void who_has_not_touched_it_sees_the_same(void **state)
{
	struct segment seen = content.segment;
	unsigned char pages[PAGES];

	(void)state;
	content_close(&content);
	assert_int_equal(content_open(&content, &seen, false), 0);
	at = content.at;
	assert_int_equal(residency_look(&content, 0, content.segment.size, pages), 0);
	assert_right(pages, 0, PAGES);
}

static void a_look_does_not_make_it_grow(void **state)
{
	unsigned char pages[PAGES];
	char line[256];
	unsigned long rss = 0;
	FILE *file;

	(void)state;
	assert_int_equal(residency_look(&content, 0, content.segment.size, pages), 0);
	file = fopen("/proc/sysvipc/shm", "r");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		int id;

		if (sscanf(line, "%*d %d", &id) == 1 && id == content.segment.id)
			assert_int_equal(
				sscanf(line,
				       "%*d %*d %*o %*u %*d %*d %*u %*u %*u %*u %*u %*d %*d %*d %lu",
				       &rss),
				1);
	}
	fclose(file);
	assert_int_equal(rss, 3 * page());
}

static void what_is_swapped_out_is_brought_back(void **state)
{
	unsigned char pages[PAGES];

	(void)state;
	plays = true;
	out[3] = out[700] = true;
	assert_int_equal(residency_look(&content, 0, content.segment.size, pages), 0);
	assert_right(pages, 0, PAGES);
	assert_false(out[3] || out[700]);
}

static void only_the_piece_that_stays_out_may_all_have_data(void **state)
{
	unsigned char pages[PAGES];

	(void)state;
	plays = true;
	out[700] = stays_out[700] = true;
	assert_int_equal(residency_look(&content, 0, content.segment.size, pages), 0);
	for (size_t i = 700 / PIECE * PIECE; i < 700 / PIECE * PIECE + PIECE; i++)
		assert_int_equal(pages[i], 1);
	assert_right(pages, 0, 700 / PIECE * PIECE);
	assert_right(pages + 1000, 1000, PAGES - 1000);
}

static void a_kernel_that_cannot_bring_back_is_no_reason_for_a_wrong_answer(void **state)
{
	unsigned char pages[PAGES];

	(void)state;
	plays = true;
	out[3] = out[700] = true;
	stays_out[700] = true;
	populate_error = EINVAL; /* before Linux 5.14 */
	assert_int_equal(residency_look(&content, 0, content.segment.size, pages), 0);
	assert_int_equal(pages[3] & pages[700] & pages[PAGES - 1], 1);
}

static void without_smaps_nothing_is_known(void **state)
{
	unsigned char pages[PAGES];

	(void)state;
	no_smaps = true;
	assert_int_equal(residency_look(&content, 0, content.segment.size, pages), -1);
}

static void of_huge_pages_nothing_is_known(void **state)
{
	unsigned char pages[PAGES];

	(void)state;
	content.page_size = 2 << 20;
	assert_int_equal(residency_look(&content, 0, content.segment.size, pages), -1);
	content.page_size = 0;
	assert_int_equal(residency_look(&content, 0, content.segment.size, pages), -1);
}

static void where_no_mapping_of_its_own_can_be_had_all_has_data(void **state)
{
	unsigned char pages[PAGES];

	(void)state;
	plays = true;
	out[700] = true;
	alone_error = ENOMEM; /* as many mappings as a process may have */
	assert_int_equal(residency_look(&content, 0, content.segment.size, pages), 0);
	for (size_t i = 0; i < PAGES; i++)
		assert_int_equal(pages[i], 1);
}

static void a_look_that_fails_finds_no_holes(void **state)
{
	unsigned char pages[PAGES];

	(void)state;
	mincore_error = EAGAIN;
	assert_int_equal(residency_look(&content, 0, content.segment.size, pages), 0);
	for (size_t i = 0; i < PAGES; i++)
		assert_int_equal(pages[i], 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_in_memory_is_told_from_holes),
		TEST(who_has_not_touched_it_sees_the_same),
		TEST(a_look_does_not_make_it_grow),
		TEST(what_is_swapped_out_is_brought_back),
		TEST(only_the_piece_that_stays_out_may_all_have_data),
		TEST(a_kernel_that_cannot_bring_back_is_no_reason_for_a_wrong_answer),
		TEST(without_smaps_nothing_is_known),
		TEST(of_huge_pages_nothing_is_known),
		TEST(where_no_mapping_of_its_own_can_be_had_all_has_data),
		TEST(a_look_that_fails_finds_no_holes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

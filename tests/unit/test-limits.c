/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Limits and consumers: made-up numbers, and the kernel's in a private namespace. */
#include "unit.h"

#include <stdlib.h>
#include <sys/shm.h>
#include <unistd.h>

#include "lib/limits.h"
#include "lib/procfs.h"
#include "lib/scan.h"
#include "lib/segment.h"
#include "lib/sysv.h"

static int shmctl_error;

int __real_shmctl(int id, int command, struct shmid_ds *ds);
int __wrap_shmctl(int id, int command, struct shmid_ds *ds);

int __wrap_shmctl(int id, int command, struct shmid_ds *ds)
{
	if (shmctl_error) {
		errno = shmctl_error;
		return -1;
	}
	return __real_shmctl(id, command, ds);
}

#define HEADING "       key      shmid perms\n"
/* A row as the table has them, of this owner, size and rss. */
#define ROW(uid, size, rss) "0 1 600 " size " 3 4 0 " uid " 7 8 9 10 11 12 " rss " 0\n"

/* Count what a file with this text lists. */
static int count_text(const char *text, struct limits *limits)
{
	char path[] = "/tmp/shmtool-limits-XXXXXX";
	int fd = mkstemp(path), result;
	struct scan scan;

	*limits = (struct limits){.page_size = 4096};
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	assert_int_equal(scan_open(&scan, path), 0);
	unlink(path);
	result = limits_count(limits, &scan);
	scan_close(&scan);
	return result;
}

static void without_segments_nothing_is_used_and_nobody_has_any(void **state)
{
	struct limits limits;

	(void)state;
	assert_int_equal(count_text(HEADING, &limits), 0);
	assert_int_equal(limits.largest, 0);
	assert_int_equal(limits.by_size.count, 0);
	assert_int_equal(limits.by_segments.count, 0);
}

static void what_a_user_owns_is_summed_up(void **state)
{
	struct limits limits;

	(void)state;
	assert_int_equal(count_text(HEADING ROW("5", "100", "4096") ROW("6", "1", "0")
					    ROW("5", "900", "4096"),
				    &limits),
			 0);
	assert_int_equal(limits.largest, 900);
	assert_int_equal(limits.by_size.count, 2);
	assert_int_equal(limits.by_size.item[0].uid, 5);
	assert_int_equal(limits.by_size.item[0].segments, 2);
	assert_int_equal(limits.by_size.item[0].size, 1000);
	assert_int_equal(limits.by_size.item[0].rss, 8192);
	assert_int_equal(limits.by_size.item[1].uid, 6);
}

static void the_top_three_are_found_in_any_order_of_rows(void **state)
{
	static const char *const texts[] = {
		HEADING ROW("1", "10", "0") ROW("2", "20", "0") ROW("3", "30", "0")
			ROW("4", "40", "0"),
		HEADING ROW("4", "40", "0") ROW("3", "30", "0") ROW("2", "20", "0")
			ROW("1", "10", "0"),
		HEADING ROW("3", "30", "0") ROW("1", "10", "0") ROW("4", "40", "0")
			ROW("2", "20", "0"),
	};
	struct limits limits;

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		assert_int_equal(count_text(texts[i], &limits), 0);
		assert_int_equal(limits.by_size.count, 3);
		for (unsigned int place = 0; place < 3; place++)
			assert_int_equal(limits.by_size.item[place].uid, 4 - place);
	}
}

static void who_has_many_small_segments_leads_by_number_alone(void **state)
{
	struct limits limits;

	(void)state;
	assert_int_equal(count_text(HEADING ROW("1", "1", "0") ROW("2", "999", "0")
					    ROW("1", "1", "0"),
				    &limits),
			 0);
	assert_int_equal(limits.by_size.item[0].uid, 2);
	assert_int_equal(limits.by_segments.item[0].uid, 1);
	assert_int_equal(limits.by_segments.item[0].segments, 2);
}

static void of_equals_the_lower_uid_comes_first(void **state)
{
	struct limits limits;

	(void)state;
	assert_int_equal(
		count_text(HEADING ROW("9", "1", "0") ROW("8", "1", "0"), &limits), 0);
	assert_int_equal(limits.by_size.item[0].uid, 8);
	assert_int_equal(limits.by_segments.item[0].uid, 8);
}

static void sums_beyond_64_bits_stay_at_the_largest(void **state)
{
	struct limits limits;

	(void)state;
	assert_int_equal(count_text(HEADING ROW("1", "9223372036854775808", "0")
					    ROW("1", "9223372036854775808", "0"),
				    &limits),
			 0);
	assert_true(limits.by_size.item[0].size == UINT64_MAX);
}

static void an_rss_that_is_unknown_makes_the_sum_unknown(void **state)
{
	struct limits limits;

	(void)state;
	assert_int_equal(
		count_text(HEADING ROW("1", "1",
				       "4096") "0 2 600 1 3 4 0 1 7 8 9 10 11 12\n",
			   &limits),
		0);
	assert_true(limits.by_size.item[0].rss == LIMITS_UNKNOWN);
}

static void a_bad_line_is_an_error_and_counts_nobody(void **state)
{
	struct limits limits;

	(void)state;
	assert_int_equal(count_text(HEADING ROW("1", "1", "0") "garbage\n", &limits), -1);
	assert_int_equal(errno, EBADMSG);
	assert_int_equal(limits.by_size.count, 0);
}

static void pages_are_whole_and_bytes_never_wrap(void **state)
{
	const struct limits limits = {.page_size = 4096};

	(void)state;
	assert_int_equal(limits_pages(&limits, 1), 1);
	assert_int_equal(limits_pages(&limits, 4096), 1);
	assert_int_equal(limits_pages(&limits, 4097), 2);
	assert_true(limits_pages(&limits, UINT64_MAX) == 1ull << 52);
	assert_int_equal(limits_bytes(&limits, 3), 12288);
	assert_true(limits_bytes(&limits, (1ull << 52) - 1) == UINT64_MAX - 4095);
	assert_true(limits_bytes(&limits, 1ull << 52) == UINT64_MAX);
	/* The default of SHMALL, which times 4096 wraps to a small number. */
	assert_true(limits_bytes(&limits, 18446744073692774399u) == UINT64_MAX);
	assert_true(LIMITS_NONE(UINT64_MAX));
	assert_true(LIMITS_NONE(18446744073692774399u));
	assert_false(LIMITS_NONE(1ull << 62));
}

static void per_cents_are_rounded_down_and_never_wrap(void **state)
{
	static const struct {
		uint64_t used, limit, hundredths;
	} shares[] = {
		{0, 4096, 0},
		{1, 4096, 2},
		{4095, 4096, 9997},
		{4096, 4096, 10000},
		{5, 1, 50000},
		{1, 3, 3333},
		{0, 0, LIMITS_UNKNOWN},
		{7, 0, LIMITS_UNKNOWN},
		{UINT64_MAX, UINT64_MAX, 10000},
		{UINT64_MAX / 2, UINT64_MAX, 4999},
		{UINT64_MAX, 1, LIMITS_UNKNOWN},
		{100, UINT64_MAX, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(shares); i++)
		assert_true(limits_percent(shares[i].used, shares[i].limit) ==
			    shares[i].hundredths);
}

static void the_limit_that_refuses_is_the_one_the_kernel_sees_first(void **state)
{
	struct limits limits = {
		.sysv = {.shmmni = 2, .shmall = 10, .shmmax = 1 << 20},
		.page_size = 4096,
	};

	(void)state;
	assert_int_equal(limits_refusing(&limits, 1), LIMIT_NONE);
	assert_int_equal(limits_refusing(&limits, 10 * 4096), LIMIT_NONE);
	assert_int_equal(limits_refusing(&limits, 10 * 4096 + 1), LIMIT_SHMALL);
	assert_int_equal(limits_refusing(&limits, (1 << 20) + 1), LIMIT_SHMMAX);
	limits.sysv.segments = 2;
	assert_int_equal(limits_refusing(&limits, 1), LIMIT_SHMMNI);
	limits.sysv.pages = 10;
	assert_int_equal(limits_refusing(&limits, 1), LIMIT_SHMALL);
	/* As when it was lowered since. */
	limits.sysv.pages = 11;
	assert_int_equal(limits_refusing(&limits, 1), LIMIT_SHMALL);
}

static void every_limit_has_a_row_in_its_unit_and_in_bytes(void **state)
{
	const struct limits limits = {
		.sysv = {.shmmni = 4,
			 .segments = 1,
			 .shmall = UINT64_MAX - (1 << 24),
			 .pages = 3,
			 .shmmax = 1 << 20},
		.page_size = 4096,
		.largest = 1 << 19,
	};
	struct limit_row rows[LIMIT_ROWS];

	(void)state;
	limits_rows(&limits, rows);
	assert_string_equal(rows[0].name, "SHMMNI");
	assert_int_equal(rows[0].percent, 2500);
	assert_true(rows[0].limit_bytes == LIMITS_UNKNOWN);
	assert_string_equal(rows[1].name, "SHMALL");
	assert_true(rows[1].limit == UINT64_MAX - (1 << 24));
	assert_true(rows[1].limit_bytes == LIMITS_UNKNOWN);
	assert_int_equal(rows[1].used_bytes, 12288);
	assert_string_equal(rows[2].name, "SHMMAX");
	assert_int_equal(rows[2].limit_bytes, 1 << 20);
	assert_int_equal(rows[2].percent, 5000);
	assert_string_equal(rows[3].name, "SHMMIN");
	assert_null(rows[3].sysctl);
	assert_int_equal(rows[3].limit, 1);
	assert_true(rows[3].used == LIMITS_UNKNOWN);
	assert_true(rows[3].percent == LIMITS_UNKNOWN);
}

static void the_kernel_counts_whole_pages_of_each_segment(void **state)
{
	int id[100];
	struct limits limits;
	struct scan scan;

	(void)state;
	for (size_t i = 0; i < COUNT(id); i++)
		id[i] = CREATE(0, 100, 0600);
	assert_int_equal(limits_read(&limits), 0);
	assert_int_equal(limits.page_size, sysconf(_SC_PAGESIZE));
	assert_int_equal(limits.sysv.segments, 100);
	assert_int_equal(limits.sysv.pages, 100);
	assert_in_range(limits.rmid_forced, 0, 1);
	assert_int_equal(limits.by_size.count, 0);

	assert_int_equal(scan_open(&scan, PROCFS_SHM), 0);
	assert_int_equal(limits_count(&limits, &scan), 0);
	scan_close(&scan);
	assert_int_equal(limits.largest, 100);
	assert_int_equal(limits.by_size.count, 1);
	assert_int_equal(limits.by_size.item[0].uid, geteuid());
	assert_int_equal(limits.by_size.item[0].segments, 100);
	assert_int_equal(limits.by_size.item[0].size, 10000);
	assert_int_equal(limits.by_size.item[0].rss, 0);
	for (size_t i = 0; i < COUNT(id); i++)
		assert_int_equal(sysv_remove(id[i]), 0);
}

static void limits_that_the_kernel_does_not_tell_are_an_error(void **state)
{
	struct limits limits;

	(void)state;
	shmctl_error = ENOSYS;
	assert_int_equal(limits_read(&limits), -1);
	assert_int_equal(errno, ENOSYS);
	shmctl_error = 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_segments_nothing_is_used_and_nobody_has_any),
		cmocka_unit_test(what_a_user_owns_is_summed_up),
		cmocka_unit_test(the_top_three_are_found_in_any_order_of_rows),
		cmocka_unit_test(who_has_many_small_segments_leads_by_number_alone),
		cmocka_unit_test(of_equals_the_lower_uid_comes_first),
		cmocka_unit_test(sums_beyond_64_bits_stay_at_the_largest),
		cmocka_unit_test(an_rss_that_is_unknown_makes_the_sum_unknown),
		cmocka_unit_test(a_bad_line_is_an_error_and_counts_nobody),
		cmocka_unit_test(pages_are_whole_and_bytes_never_wrap),
		cmocka_unit_test(per_cents_are_rounded_down_and_never_wrap),
		cmocka_unit_test(the_limit_that_refuses_is_the_one_the_kernel_sees_first),
		cmocka_unit_test(every_limit_has_a_row_in_its_unit_and_in_bytes),
		cmocka_unit_test(the_kernel_counts_whole_pages_of_each_segment),
		cmocka_unit_test(limits_that_the_kernel_does_not_tell_are_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

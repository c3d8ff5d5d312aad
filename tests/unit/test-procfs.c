/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "lib/procfs.h"
#include "lib/segment.h"

/* As Linux 6.18 writes them. */
static const char heading[] =
	"       key      shmid perms                  size  cpid  lpid nattch   uid   gid"
	"  cuid  cgid      atime      dtime      ctime                   rss"
	"                  swap\n";
static const char line[] =
	"-559038737    5242900   640               1048576   812   813      2  1000  1001"
	"  1002  1003 1795245501 1795245502 1795245503                 65536"
	"                  4096\n";

/* As before rss and swap were added. */
static const char old_line[] = "1 2 600 4096 3 4 5 6 7 8 9 10 11 12\n";

static void every_column_arrives_in_its_field(void **state)
{
	struct segment s;

	(void)state;
	assert_int_equal(procfs_parse_line(line, &s), 0);
	assert_int_equal(s.key, 0xdeadbeef);
	assert_int_equal(s.id, 5242900);
	assert_int_equal(s.mode, 0640);
	assert_false(s.dest);
	assert_false(s.locked);
	assert_int_equal(s.size, 1048576);
	assert_int_equal(s.cpid, 812);
	assert_int_equal(s.lpid, 813);
	assert_int_equal(s.nattch, 2);
	assert_int_equal(s.uid, 1000);
	assert_int_equal(s.gid, 1001);
	assert_int_equal(s.cuid, 1002);
	assert_int_equal(s.cgid, 1003);
	assert_int_equal(s.atime, 1795245501);
	assert_int_equal(s.dtime, 1795245502);
	assert_int_equal(s.ctime, 1795245503);
	assert_int_equal(s.rss, 65536);
	assert_int_equal(s.swap, 4096);
}

static void without_the_last_two_columns_rss_and_swap_are_unknown(void **state)
{
	struct segment s;

	(void)state;
	assert_int_equal(procfs_parse_line(old_line, &s), 0);
	assert_int_equal(s.ctime, 12);
	assert_int_equal(s.rss, SEGMENT_UNKNOWN);
	assert_int_equal(s.swap, SEGMENT_UNKNOWN);
}

static void columns_after_the_16th_are_ignored(void **state)
{
	struct segment s;

	(void)state;
	assert_int_equal(
		procfs_parse_line("1 2 600 4096 3 4 5 6 7 8 9 10 11 12 13 14 new 0x7f\n",
				  &s),
		0);
	assert_int_equal(s.rss, 13);
	assert_int_equal(s.swap, 14);
}

static void dest_and_locked_are_told_from_the_mode(void **state)
{
	struct segment s;

	(void)state;
	assert_int_equal(procfs_parse_line("0 2 3640 1 3 4 5 6 7 8 9 10 11 12 0 0\n", &s),
			 0);
	assert_true(s.dest);
	assert_true(s.locked);
	assert_int_equal(s.mode, 0640);
	assert_int_equal(procfs_parse_line("0 2 1640 1 3 4 5 6 7 8 9 10 11 12 0 0\n", &s),
			 0);
	assert_true(s.dest);
	assert_false(s.locked);
}

static void keys_are_signed_32_bit_numbers(void **state)
{
	static const struct {
		const char *text;
		uint32_t key;
	} keys[] = {
		{"2147483647", 0x7fffffff},
		{"-2147483648", 0x80000000},
		{"-1", 0xffffffff},
		{"0", 0},
	};
	char text[200];
	struct segment s;

	(void)state;
	for (size_t i = 0; i < COUNT(keys); i++) {
		snprintf(text, sizeof(text), "%s %s", keys[i].text,
			 strchr(old_line, '2'));
		assert_int_equal(procfs_parse_line(text, &s), 0);
		assert_int_equal(s.key, keys[i].key);
	}
}

static void sizes_up_to_the_last_bit_are_exact(void **state)
{
	struct segment s;

	(void)state;
	assert_int_equal(procfs_parse_line("1 2 600 9223372036854775808 3 4 "
					   "18446744073709551615 6 7 8 9 10 11 12"
					   " 9223372036854775807 18446744073709551614\n",
					   &s),
			 0);
	assert_true(s.size == (uint64_t)1 << 63);
	assert_true(s.nattch == UINT64_MAX);
	assert_true(s.rss == INT64_MAX);
	assert_true(s.swap == UINT64_MAX - 1);
}

static void a_time_before_1970_is_no_garbage(void **state)
{
	struct segment s;

	(void)state;
	assert_int_equal(
		procfs_parse_line(
			"1 2 600 1 3 4 5 6 7 8 9 10 11 18446744073709551615 0 0\n", &s),
		0);
	assert_int_equal(s.ctime, -1);
}

static void anything_else_is_refused_and_nothing_is_stored(void **state)
{
	static const char *const bad[] = {
		"",
		"\n",
		"   \n",
		"garbage\n",
		"1 2 600 4096 3 4 5 6 7 8 9 10 11\n",		   /* 13 columns */
		"1 2 600 4096 3 4 5 6 7 8 9 10 11 12 13\n",	   /* 15 columns */
		"1 2 600 4096 3 4 5 6 7 8 9 10 11 12 13 14",	   /* cut at the end */
		"1 2 600 4096 3 4 5 6 7 8 9 10 11 12",		   /* cut there, too */
		"1 2 600 4096 3 4 5 6 7 8 9 10 11 12 13 14 ",	   /* and there */
		"1 2 600 4096 3 4 5 6 7 8 9 10 11 12 13 1\0004\n", /* a zero byte */
		"1 2 600 4096 3 4 5 6 7 8 9 10 11 12 13 x\n",
		"1 2 600 4096 3 4 5 6 7 8 9 10 11 12 x 14\n",
		"1 2 608 4096 3 4 5 6 7 8 9 10 11 12 13 14\n",	 /* not octal */
		"1 2 10000 4096 3 4 5 6 7 8 9 10 11 12 13 14\n", /* an unknown bit */
		"1 2 600 40x96 3 4 5 6 7 8 9 10 11 12 13 14\n",
		"1 2 600 -1 3 4 5 6 7 8 9 10 11 12 13 14\n",
		"1 -2 600 4096 3 4 5 6 7 8 9 10 11 12 13 14\n",
		"2147483648 2 600 4096 3 4 5 6 7 8 9 10 11 12 13 14\n",
		"-2147483649 2 600 4096 3 4 5 6 7 8 9 10 11 12 13 14\n",
		"- 2 600 4096 3 4 5 6 7 8 9 10 11 12 13 14\n",
		"1 2147483648 600 4096 3 4 5 6 7 8 9 10 11 12 13 14\n",
		"1 2 600 18446744073709551616 3 4 5 6 7 8 9 10 11 12 13 14\n",
		"1 2 600 4096 3 4 5 4294967296 7 8 9 10 11 12 13 14\n",
		"1\t2 600 4096 3 4 5 6 7 8 9 10 11 12 13 14\n",
		heading,
	};
	struct segment s, untouched;

	(void)state;
	memset(&s, 0x55, sizeof(s));
	untouched = s;
	for (size_t i = 0; i < COUNT(bad); i++) {
		errno = 0;
		if (procfs_parse_line(bad[i], &s) != -1 || errno != EBADMSG)
			fail_msg("taken: %s", bad[i]);
		assert_memory_equal(&s, &untouched, sizeof(s));
	}
}

static void every_truncation_of_a_line_is_refused(void **state)
{
	char text[sizeof(line)];
	struct segment s;

	(void)state;
	for (size_t length = 0; length < sizeof(line) - 1; length++) {
		memcpy(text, line, length);
		text[length] = '\0';
		assert_int_equal(procfs_parse_line(text, &s), -1);
	}
}

static void the_heading_is_known(void **state)
{
	(void)state;
	assert_true(procfs_is_heading(heading));
	assert_true(procfs_is_heading("key shmid perms\n"));
	assert_false(procfs_is_heading(line));
	assert_false(procfs_is_heading(""));
	assert_false(procfs_is_heading("       key      msqid perms\n"));
	assert_false(procfs_is_heading("       key      shmid perms")); /* cut */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_column_arrives_in_its_field),
		cmocka_unit_test(without_the_last_two_columns_rss_and_swap_are_unknown),
		cmocka_unit_test(columns_after_the_16th_are_ignored),
		cmocka_unit_test(dest_and_locked_are_told_from_the_mode),
		cmocka_unit_test(keys_are_signed_32_bit_numbers),
		cmocka_unit_test(sizes_up_to_the_last_bit_are_exact),
		cmocka_unit_test(a_time_before_1970_is_no_garbage),
		cmocka_unit_test(anything_else_is_refused_and_nothing_is_stored),
		cmocka_unit_test(every_truncation_of_a_line_is_refused),
		cmocka_unit_test(the_heading_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

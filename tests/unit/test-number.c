/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <stdlib.h>
#include <time.h>

#include "lib/number.h"

/* One text and what it must give: error 0 and value, or the error. */
struct expected {
	const char *text;
	int error;
	uint64_t value;
};

#define CHECK_ALL(table, type, parse)                                                  \
	for (size_t i = 0; i < COUNT(table); i++) {                                    \
		type value = (type)77;                                                 \
		int result = parse((table)[i].text, &value);                           \
		if (result != ((table)[i].error ? -1 : 0) ||                           \
		    (result && errno != (table)[i].error) ||                           \
		    value != (result ? (type)77 : (type)(table)[i].value))             \
			fail_msg("'%s' gave %d, errno %d, value %ju", (table)[i].text, \
				 result, errno, (uintmax_t)value);                     \
	}

static void an_id_is_a_whole_decimal_number_in_range(void **state)
{
	static const struct expected table[] = {
		{"0", 0, 0},
		{"7", 0, 7},
		{"5242900", 0, 5242900},
		{"2147483647", 0, 2147483647},
		{"2147483648", ERANGE, 0},
		{"4294967296", ERANGE, 0},
		{"18446744073709551616", ERANGE, 0},
		{"99999999999999999999999", ERANGE, 0},
		{"", EINVAL, 0},
		{" 7", EINVAL, 0},
		{"7 ", EINVAL, 0},
		{"7\n", EINVAL, 0},
		{"12x", EINVAL, 0},
		{"-1", EINVAL, 0},
		{"+1", EINVAL, 0},
		{"0x7", EINVAL, 0},
		{"007", EINVAL, 0},
		{"00", EINVAL, 0},
		{"1e3", EINVAL, 0},
		{"\xd9\xa7", EINVAL, 0}, /* a seven, but an Arabic one */
	};

	(void)state;
	CHECK_ALL(table, int, number_id)
}

static void a_key_is_hex_octal_or_decimal_and_never_0(void **state)
{
	static const struct expected table[] = {
		{"0x1b207", 0, 0x1b207},
		{"0x0001b207", 0, 0x1b207},
		{"0XDEADBEEF", 0, 0xdeadbeef},
		{"0x000000001", 0, 1},
		{"0xffffffff", 0, 0xffffffff},
		{"010", 0, 8},
		{"111111", 0, 111111},
		{"4294967295", 0, 0xffffffff},
		{"0x100000001", ERANGE, 0},
		{"4294967296", ERANGE, 0},
		{"0", EINVAL, 0},
		{"0x0", EINVAL, 0},
		{"0x", EINVAL, 0},
		{"0xg", EINVAL, 0},
		{"0x1 ", EINVAL, 0},
		{"08", EINVAL, 0},
		{"-559038737", EINVAL, 0},
		{"", EINVAL, 0},
	};

	(void)state;
	CHECK_ALL(table, uint32_t, number_key)
}

static void a_hex_key_needs_its_prefix(void **state)
{
	static const struct expected table[] = {
		{"0x1b207", 0, 0x1b207}, {"1b207", EINVAL, 0}, {"010", EINVAL, 0},
		{"0x0", EINVAL, 0},	 {"", EINVAL, 0},      {"0", EINVAL, 0},
	};

	(void)state;
	CHECK_ALL(table, uint32_t, number_hex_key)
}

static void a_size_takes_binary_and_decimal_units(void **state)
{
	static const struct expected table[] = {
		{"0", 0, 0},
		{"4096", 0, 4096},
		{"1k", 0, 1024},
		{"64K", 0, 65536},
		{"64KiB", 0, 65536},
		{"64kib", 0, 65536},
		{"64KB", 0, 64000},
		{"3M", 0, 3145728},
		{"3MB", 0, 3000000},
		{"1G", 0, 1073741824},
		{"1T", 0, 1099511627776},
		{"1P", 0, 1125899906842624},
		{"15E", 0, 17293822569102704640u},
		{"18EB", 0, 18000000000000000000u},
		{"18446744073709551614", 0, UINT64_MAX - 1},
		{"18446744073709551615", ERANGE, 0},
		{"16E", ERANGE, 0},
		{"99E", ERANGE, 0},
		{"18446744073709551616", ERANGE, 0},
		{"", EINVAL, 0},
		{"K", EINVAL, 0},
		{"-1", EINVAL, 0},
		{"1.5G", EINVAL, 0},
		{"1 K", EINVAL, 0},
		{"1KK", EINVAL, 0},
		{"1Ki", EINVAL, 0},
		{"1B", EINVAL, 0},
		{"1Z", EINVAL, 0},
	};

	(void)state;
	CHECK_ALL(table, uint64_t, number_size)
}

static void a_duration_takes_one_unit(void **state)
{
	static const struct expected table[] = {
		{"0", 0, 0},
		{"90", 0, 90},
		{"90s", 0, 90},
		{"15m", 0, 900},
		{"1h", 0, 3600},
		{"2d", 0, 172800},
		{"1w", 0, 604800},
		{"9223372036854775807", 0, INT64_MAX},
		{"9223372036854775808", ERANGE, 0},
		{"16000000000000w", ERANGE, 0},
		{"", EINVAL, 0},
		{"h", EINVAL, 0},
		{"12x", EINVAL, 0},
		{"1hh", EINVAL, 0},
		{"1h30m", EINVAL, 0},
		{"-1h", EINVAL, 0},
		{"1 h", EINVAL, 0},
		{"1M", EINVAL, 0},
	};

	(void)state;
	CHECK_ALL(table, int64_t, number_duration)
}

static void a_mode_is_octal_or_symbolic_and_has_nine_bits(void **state)
{
	static const struct expected table[] = {
		{"0", 0, 0},	       {"600", 0, 0600},       {"0640", 0, 0640},
		{"0777", 0, 0777},     {"u=rw", 0, 0600},      {"u=rw,g=r", 0, 0640},
		{"a=rw", 0, 0666},     {"ug=rw,o=r", 0, 0664}, {"u=rwx,g=,o=", 0, 0700},
		{"a=r,u=rw", 0, 0644}, {"1777", ERANGE, 0},    {"2644", ERANGE, 0},
		{"4644", ERANGE, 0},   {"999", EINVAL, 0},     {"648", EINVAL, 0},
		{"", EINVAL, 0},       {"=rw", EINVAL, 0},     {"u", EINVAL, 0},
		{"u+rw", EINVAL, 0},   {"u=rw,", EINVAL, 0},   {",u=rw", EINVAL, 0},
		{"u=s", EINVAL, 0},    {"x=r", EINVAL, 0},     {"-600", EINVAL, 0},
		{"0x1ff", EINVAL, 0},
	};

	(void)state;
	CHECK_ALL(table, unsigned int, number_mode)
}

static void digits_stop_at_the_first_other_character(void **state)
{
	const char *text = "0123 rest";
	uint64_t value = 0;

	(void)state;
	assert_int_equal(number_digits(&text, 8, &value), 0);
	assert_int_equal(value, 0123);
	assert_string_equal(text, " rest");
}

static void a_time_is_in_utc_or_local_or_so_many_seconds(void **state)
{
	static const struct expected table[] = {
		{"0", 0, 0},
		{"1795244890", 0, 1795244890},
		{"1970-01-01T00:00:00Z", 0, 0},
		{"2026-11-21T07:08:10Z", 0, 1795244890},
		{"2026-11-21T08:38:10+01:30", 0, 1795244890},
		{"2026-11-20T23:08:10-08:00", 0, 1795244890},
		{"2026-11-21 05:08:10", 0, 1795244890}, /* in the zone below */
		{"2024-02-29T00:00:00Z", 0, 1709164800},
		{"2026-02-29T00:00:00Z", EINVAL, 0},
		{"2026-11-21T07:08:60Z", EINVAL, 0},
		{"2026-11-21T24:00:00Z", EINVAL, 0},
		{"2026-11-21T07:08:10", EINVAL, 0},
		{"2026-11-21T07:08:10z", EINVAL, 0},
		{"2026-11-21T07:08:10Z ", EINVAL, 0},
		{"2026-11-21T07:08:10+1:30", EINVAL, 0},
		{"2026-11-21T07:08:10+1:030", EINVAL, 0},
		{"2026-11-21T07:08:10+001:3", EINVAL, 0},
		{"2026-11-21T07:08:10+24:00", EINVAL, 0},
		{"2026-11-21 07:08:10Z", EINVAL, 0},
		{"2026-11-21", EINVAL, 0},
		{"2026-11-21T7:08:10Z", EINVAL, 0},
		{"2026-11- 1T07:08:10Z", EINVAL, 0},
		{" 2026-11-21T07:08:10Z", EINVAL, 0},
		{"07:08:10", EINVAL, 0},
		{"now", EINVAL, 0},
		{"", EINVAL, 0},
		{"-1", EINVAL, 0},
		{"9223372036854775808", ERANGE, 0},
	};

	(void)state;
	setenv("TZ", "ABC+2", 1);
	tzset();
	CHECK_ALL(table, int64_t, number_time)
}

static void a_byte_is_a_number_up_to_255_or_a_character(void **state)
{
	static const struct expected table[] = {
		{"0", 0, 0},	      {"0x0", 0, 0},	 {"0xa5", 0, 0xa5},
		{"255", 0, 255},      {"9", 0, 9}, /* the number, not the character */
		{"f", 0, 'f'},	      {"x", 0, 'x'},	 {"256", ERANGE, 0},
		{"0x100", ERANGE, 0}, {"00", EINVAL, 0}, {"0x", EINVAL, 0},
		{"x1", EINVAL, 0},    {"-1", EINVAL, 0}, {"", EINVAL, 0},
		{" ", EINVAL, 0},     {"1K", EINVAL, 0}, {"\xc3\xa9", EINVAL, 0},
	};

	(void)state;
	CHECK_ALL(table, uint8_t, number_byte)
}

static void a_proj_is_a_number_up_to_255_or_a_character(void **state)
{
	static const struct expected table[] = {
		{"1", 0, 1},	    {"255", 0, 255},	     {"0x52", 0, 0x52},
		{"0XFF", 0, 255},   {"R", 0, 'R'},	     {"~", 0, '~'},
		{"-", 0, '-'},	    {"256", ERANGE, 0},	     {"0x100", ERANGE, 0},
		{"0", EINVAL, 0},   {"0x0", EINVAL, 0},	     {"0x", EINVAL, 0},
		{"007", EINVAL, 0}, {"-1", EINVAL, 0},	     {"", EINVAL, 0},
		{" ", EINVAL, 0},   {"\t", EINVAL, 0},	     {"RR", EINVAL, 0},
		{"1 ", EINVAL, 0},  {"\xc3\xa9", EINVAL, 0}, {"\xe9", EINVAL, 0},
		{"9", 0, 9},   /* the number, not the character */
		{"a", 0, 'a'}, /* no digit of hex */
	};

	(void)state;
	CHECK_ALL(table, uint8_t, number_proj)
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_id_is_a_whole_decimal_number_in_range),
		cmocka_unit_test(a_key_is_hex_octal_or_decimal_and_never_0),
		cmocka_unit_test(a_byte_is_a_number_up_to_255_or_a_character),
		cmocka_unit_test(a_proj_is_a_number_up_to_255_or_a_character),
		cmocka_unit_test(a_hex_key_needs_its_prefix),
		cmocka_unit_test(a_size_takes_binary_and_decimal_units),
		cmocka_unit_test(a_duration_takes_one_unit),
		cmocka_unit_test(a_time_is_in_utc_or_local_or_so_many_seconds),
		cmocka_unit_test(a_mode_is_octal_or_symbolic_and_has_nine_bits),
		cmocka_unit_test(digits_stop_at_the_first_other_character),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <inttypes.h>
#include <locale.h>
#include <stdlib.h>

#include "format.h"

static void numbers_are_as_printf_has_them(void **state)
{
	static const int64_t numbers[] = {0, 9, 10, 1234567890, INT64_MAX, -1, INT64_MIN};
	static const uint32_t keys[] = {0, 0x1b207, 0xdeadbeef, UINT32_MAX};
	char text[FORMAT_ROOM], expected[FORMAT_ROOM];

	(void)state;
	for (size_t i = 0; i < COUNT(numbers); i++) {
		snprintf(expected, sizeof(expected), "%" PRId64, numbers[i]);
		format_signed(numbers[i], text);
		assert_string_equal(text, expected);
		snprintf(expected, sizeof(expected), "%" PRIu64, (uint64_t)numbers[i]);
		format_unsigned((uint64_t)numbers[i], text);
		assert_string_equal(text, expected);
	}
	for (size_t i = 0; i < COUNT(keys); i++) {
		snprintf(expected, sizeof(expected), "0x%08" PRIx32, keys[i]);
		format_key(keys[i], text);
		assert_string_equal(text, expected);
	}
}

static void sizes_have_at_most_one_decimal(void **state)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} sizes[] = {
		{0, "0B"},
		{1, "1B"},
		{1023, "1023B"},
		{1024, "1K"},
		{1536, "1.5K"},
		{65536, "64K"},
		{1048524, "1023.9K"},
		{1048575, "1M"},
		{1048576, "1M"},
		{1610612736, "1.5G"},
		{1ull << 40, "1T"},
		{1ull << 63, "8E"},
		{UINT64_MAX, "16E"},
	};
	char text[FORMAT_ROOM];

	(void)state;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		format_size(sizes[i].bytes, text);
		assert_string_equal(text, sizes[i].text);
	}
}

static void durations_have_two_units(void **state)
{
	static const struct {
		int64_t seconds;
		const char *text;
	} durations[] = {
		{0, "0s"},	{45, "45s"},   {60, "1m"},
		{200, "3m20s"}, {3600, "1h"},  {3659, "1h"},
		{7500, "2h5m"}, {86400, "1d"}, {3459600, "40d1h"},
	};
	char text[FORMAT_ROOM];

	(void)state;
	for (size_t i = 0; i < COUNT(durations); i++) {
		format_duration(durations[i].seconds, text);
		assert_string_equal(text, durations[i].text);
	}
}

static void permissions_are_nine_letters(void **state)
{
	char text[FORMAT_ROOM];

	(void)state;
	format_permissions(0640, text);
	assert_string_equal(text, "rw-r-----");
	format_permissions(0777, text);
	assert_string_equal(text, "rwxrwxrwx");
	format_permissions(0, text);
	assert_string_equal(text, "---------");
}

static void times_are_exact_in_utc_and_never_fail(void **state)
{
	char text[FORMAT_ROOM];

	(void)state;
	format_rfc3339(1795245490, text);
	assert_string_equal(text, "2026-11-21T07:18:10Z");
	format_rfc3339(-1, text);
	assert_string_equal(text, "1969-12-31T23:59:59Z");
	format_rfc3339(INT64_MAX, text);
	assert_string_equal(text, "@9223372036854775807");
	format_local_time(INT64_MIN, text);
	assert_string_equal(text, "@-9223372036854775808");
}

static char *put(const char *text)
{
	char *written = NULL;
	size_t length;
	FILE *file = open_memstream(&written, &length);

	format_put_safe(text, file);
	fclose(file);
	return written;
}

static void no_control_byte_and_no_broken_character_is_put_out(void **state)
{
	char *written;

	(void)state;
	written = put("a \x1b[31m\n\x7f\xff\xc2\x9b \xe2\x82");
	assert_string_equal(written, "a \\x1b[31m\\x0a\\x7f\\xff\\xc2\\x9b \\xe2\\x82");
	free(written);
	written = put("\xc3\xa9\xe2\x82\xac");
	assert_string_equal(written, "\xc3\xa9\xe2\x82\xac");
	free(written);
}

static void expect_wrapped(const char *words, size_t at, const char *expected)
{
	char *written = NULL;
	size_t length;
	FILE *file = open_memstream(&written, &length);

	format_put_wrapped(words, at, 4, file);
	fclose(file);
	assert_string_equal(written, expected);
	free(written);
}

static void words_go_on_below_where_they_do_not_fit(void **state)
{
	(void)state;
	expect_wrapped("", 79, "");
	expect_wrapped("one two", 4, "one two");
	expect_wrapped("one two", 73, "one two");
	expect_wrapped("one two", 74, "one\n    two");
	/* A first one has no other place. */
	expect_wrapped("one two three", 90, "one\n    two three");
}

static void expect_put(const char *text, const char *expected)
{
	char *written = put(text);

	assert_string_equal(written, expected);
	free(written);
}

static void what_misleads_is_not_put_out(void **state)
{
	(void)state;
	expect_put("a\xe2\x80\xae"
		   "b\xe2\x81\xa6",
		   "a\\xe2\\x80\\xaeb\\xe2\\x81\\xa6");
	expect_put("\xd8\x9c\xe2\x80\x8b\xef\xbb\xbf",
		   "\\xd8\\x9c\\xe2\\x80\\x8b\\xef\\xbb\\xbf");
	expect_put("\xf3\xa0\x80\x81", "\\xf3\\xa0\\x80\\x81");
	expect_put("\xd7\x90", "\xd7\x90"); /* a letter of a script that runs so */
}

/* Where bytes are other letters, as of LOCPATH; 77: there is no such locale. */
static int put_in_cyrillic(void)
{
	char *written;
	int result;

	if (!setlocale(LC_CTYPE, "bg_BG.CP1251"))
		return 77;
	/* The last is RLO on a terminal that takes it for UTF-8. */
	written = put("\xc0\xe2\x80 \xe2\x80\xae");
	result = strcmp(written, "\xc0\xe2\x80 \\xe2\\x80\\xae") != 0;
	free(written);
	setlocale(LC_CTYPE, "C.UTF-8");
	return result;
}

static void what_misleads_is_not_put_out_in_any_locale(void **state)
{
	char directory[] = "/tmp/shmtool-locale.XXXXXX", command[200];
	int result;

	(void)state;
	assert_non_null(mkdtemp(directory));
	snprintf(command, sizeof(command),
		 "localedef -c -i bg_BG -f CP1251 %s/bg_BG.CP1251 >/dev/null 2>&1",
		 directory);
	/* 1: there were warnings. */
	result = WEXITSTATUS(system(command));
	setenv("LOCPATH", directory, 1);
	result = result <= 1 ? put_in_cyrillic() : 77;
	unsetenv("LOCPATH");
	snprintf(command, sizeof(command), "rm -rf %s", directory);
	assert_int_equal(system(command), 0);
	if (result == 77)
		skip();
	assert_int_equal(result, 0);

	setlocale(LC_CTYPE, "C");
	expect_put("a\xe2\x80\xae", "a\\xe2\\x80\\xae");
	setlocale(LC_CTYPE, "C.UTF-8");
}

static void an_exact_text_says_what_was_a_backslash(void **state)
{
	char *safe = format_make_safe("a\\x1b\x1b\\n");

	(void)state;
	assert_string_equal(safe, "a\\x5cx1b\\x1b\\n");
	free(safe);
	assert_true(format_is_plain("a) R 1 \\n"));
	assert_false(format_is_plain("\\x41"));
	assert_false(format_is_plain("a\xc3\xa9"));
	assert_false(format_is_plain("a\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_as_printf_has_them),
		cmocka_unit_test(sizes_have_at_most_one_decimal),
		cmocka_unit_test(durations_have_two_units),
		cmocka_unit_test(permissions_are_nine_letters),
		cmocka_unit_test(times_are_exact_in_utc_and_never_fail),
		cmocka_unit_test(no_control_byte_and_no_broken_character_is_put_out),
		cmocka_unit_test(words_go_on_below_where_they_do_not_fit),
		cmocka_unit_test(what_misleads_is_not_put_out),
		cmocka_unit_test(what_misleads_is_not_put_out_in_any_locale),
		cmocka_unit_test(an_exact_text_says_what_was_a_backslash),
	};

	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The option parser with a table of its own, and the choice of columns. */
#include "unit.h"

#include <stdlib.h>

#include "column.h"
#include "command.h"
#include "names.h"
#include "option.h"
#include "sort.h"
#include "value.h"

struct settings {
	struct selectors segments;
	struct columns columns;
	uint64_t size;
	struct some_id owner;
	uint32_t key;
	bool yes, only_long;
	int64_t wait;
};

static const struct option_row options[] = {
	{'y', "yes", VALUE_FLAG(struct settings, yes), "do it"},
	{0, "long-only", VALUE_FLAG(struct settings, only_long), "no letter"},
	{'s', "size", VALUE_SIZE(struct settings, size), "how large"},
	{'u', "owner", VALUE_USER(struct settings, owner), "whose"},
	{'m', "id", VALUE_SEGMENT_ID(struct settings, segments), "by id"},
	{'M', "key", VALUE_SEGMENT_KEY(struct settings, segments), "by key"},
	{'w', "wait", VALUE_WAIT(struct settings, wait), "for how long"},
	{0},
};

static const struct command command = {
	.name = "test",
	.summary = "test",
	.operands = {"SEGMENT...", 1, 3, VALUE_SEGMENT(struct settings, segments)},
	.options = options,
	.size = sizeof(struct settings),
};

/* The words after the name, up to a NULL. */
#define PARSE(settings, ...)                       \
	(memset(settings, 0, sizeof(*(settings))), \
	 parse(settings, (const char *[]){"test", __VA_ARGS__, NULL}))

static int parse(struct settings *settings, const char *words[])
{
	char *argv[16];
	int argc = 0, status;

	for (; words[argc]; argc++)
		argv[argc] = strdup(words[argc]);
	argv[argc] = NULL;
	status = option_parse(&command, argc, argv, settings);
	while (argc)
		free(argv[--argc]);
	return status;
}

static void an_optional_argument_follows_at_once_or_is_left_out(void **state)
{
	struct settings s;

	(void)state;
	assert_int_equal(PARSE(&s, "--wait", "0x7"), 0);
	assert_int_equal(s.wait, WAIT_FOR_EVER);
	assert_int_equal(s.segments.item[0].key, 7);
	option_release(&command, &s);
	assert_int_equal(PARSE(&s, "7", "-yw"), 0);
	assert_int_equal(s.wait, WAIT_FOR_EVER);
	option_release(&command, &s);
	assert_int_equal(PARSE(&s, "--wait", "--", "7"), 0);
	assert_int_equal(s.wait, WAIT_FOR_EVER);
	assert_int_equal(s.segments.item[0].id, 7);
	option_release(&command, &s);
	assert_int_equal(PARSE(&s, "7", "--wait=2m"), 0);
	assert_int_equal(s.wait, 120);
	option_release(&command, &s);
	assert_int_equal(PARSE(&s, "-w5s", "7"), 0);
	assert_int_equal(s.wait, 5);
	option_release(&command, &s);
	assert_int_equal(PARSE(&s, "7", "--wait="), EXIT_USAGE);
	option_release(&command, &s);
	assert_int_equal(PARSE(&s, "7", "--wait=soon"), EXIT_USAGE);
	option_release(&command, &s);
}

static void a_number_after_it_might_be_either_and_is_refused(void **state)
{
	struct settings s;

	(void)state;
	assert_int_equal(PARSE(&s, "--wait", "30", "7"), EXIT_USAGE);
	option_release(&command, &s);
	assert_int_equal(PARSE(&s, "-w", "7"), EXIT_USAGE);
	option_release(&command, &s);
	assert_int_equal(PARSE(&s, "7", "--wait", "30"), EXIT_USAGE);
	option_release(&command, &s);
}

static void options_and_operands_fill_their_fields(void **state)
{
	struct settings s;

	(void)state;
	assert_int_equal(PARSE(&s, "-y", "7", "--size=64K", "0x9", "--long-only"), 0);
	assert_true(s.yes);
	assert_true(s.only_long);
	assert_int_equal(s.size, 65536);
	assert_int_equal(s.segments.count, 2);
	assert_int_equal(s.segments.item[0].id, 7);
	assert_true(s.segments.item[1].by_key);
	option_release(&command, &s);
	assert_null(s.segments.item);
}

static void an_option_that_names_a_segment_counts_as_an_operand(void **state)
{
	struct settings s;

	(void)state;
	assert_int_equal(PARSE(&s, "-m", "7", "-M", "010"), 0);
	assert_int_equal(s.segments.count, 2);
	assert_int_equal(s.segments.item[1].key, 8);
	option_release(&command, &s);
	assert_int_equal(PARSE(&s, "-m1", "-m2", "3", "4"), EXIT_USAGE);
	option_release(&command, &s);
	assert_int_equal(PARSE(&s, "-m1", "-m2", "-m3", "-m4"), EXIT_USAGE);
	option_release(&command, &s);
	assert_int_equal(PARSE(&s, "-m1", "-m2", "-m3", "-m4", "5"), EXIT_USAGE);
	option_release(&command, &s);
}

static void which_one_is_meant_is_said_once_or_twice_the_same(void **state)
{
	struct settings settings;

	(void)state;
	assert_int_equal(PARSE(&settings, "-u7", "5", "--owner", "7", "--owner=7"), 0);
	assert_int_equal(settings.owner.id, 7);
	selectors_release(&settings.segments);
	assert_int_equal(PARSE(&settings, "-u7", "5", "--owner", "8"), EXIT_USAGE);
	assert_int_equal(PARSE(&settings, "-u7", "-u8", "-u7", "5"), EXIT_USAGE);
	/* Of a threshold the last one counts. */
	assert_int_equal(PARSE(&settings, "-s1", "-s", "2", "5"), 0);
	assert_true(settings.size == 2);
	selectors_release(&settings.segments);
}

static void help_wins_over_what_is_missing(void **state)
{
	struct settings s;

	(void)state;
	assert_int_equal(PARSE(&s, "--help"), -1);
	assert_int_equal(PARSE(&s, "-yh"), -1);
}

static void a_wrong_command_line_is_a_usage_error(void **state)
{
	static const char *const wrong[][3] = {
		{"--ye", "7"},
		{"--siz=1", "7"},
		{"--siz", "1"},
		{"--hel"},
		{"--typo", "7"},
		{"-x", "7"},
		{"-1"},
		{"--yes=no", "7"},
		{"--size"},
		{"-s"},
		{"--size", "x"},
		{"-m", "0x7"},
		{"-M", "0"},
		{"--help=x"},
		{"seven"},
		{"7", "--typo"},
		{"-yx", "7"},
		{"--", "--yes"},
		{""},
	};
	struct settings s;

	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++) {
		if (PARSE(&s, wrong[i][0], wrong[i][1]) != EXIT_USAGE)
			fail_msg("taken: %s", wrong[i][0]);
		option_release(&command, &s);
	}
}

static void the_number_of_operands_is_checked(void **state)
{
	struct settings s;

	(void)state;
	assert_int_equal(PARSE(&s, "-y"), EXIT_USAGE);
	assert_int_equal(PARSE(&s, "1", "2", "3"), 0);
	option_release(&command, &s);
	assert_int_equal(PARSE(&s, "1", "2", "3", "4"), EXIT_USAGE);
	option_release(&command, &s);
}

static void columns_are_chosen_by_name_in_any_case(void **state)
{
	struct columns columns = {0};

	(void)state;
	assert_int_equal(columns_parse("id,STATE,Size", &columns), 0);
	assert_int_equal(columns.count, 3);
	assert_string_equal(columns.item[0]->name, "ID");
	assert_string_equal(columns.item[2]->name, "SIZE");
	assert_int_equal(columns_parse("+reason", &columns), 0);
	assert_int_equal(columns.count, columns_default().count + 1);
	assert_string_equal(columns.item[columns.count - 1]->name, "REASON");
}

static void unknown_repeated_and_empty_columns_are_refused(void **state)
{
	static const char *const wrong[] = {"",		"+",	   "id,",     ",id",
					    "id,,size", "ids",	   "i",	      "id,id",
					    "+size",	"id size", "id, size"};
	struct columns columns = {.count = 77};

	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++) {
		if (columns_parse(wrong[i], &columns) != -1 || errno != EINVAL)
			fail_msg("taken: '%s'", wrong[i]);
		assert_int_equal(columns.count, 77);
	}
}

static int order_of(const char *sort, const struct finding *a, const struct finding *b)
{
	struct names names = {0};
	struct sort_keys keys;
	int order;

	assert_int_equal(sort_parse(sort, &keys), 0);
	order = sort_compare(&keys, &(struct row){a, &names, NULL},
			     &(struct row){b, &names, NULL});
	names_release(&names);
	return order < 0 ? -1 : order > 0;
}

static void rows_are_ordered_by_value_and_not_by_text(void **state)
{
	const struct finding a = {
		.segment = {.id = 9, .size = (uint64_t)1 << 63, .rss = 5},
		.verdict = {.idle = -1}};
	const struct finding b = {
		.segment = {.id = 10, .size = 2, .rss = SEGMENT_UNKNOWN},
		.verdict = {.idle = 3}};

	(void)state;
	assert_int_equal(order_of("ID", &a, &b), -1);
	assert_int_equal(order_of("-id", &a, &b), 1);
	assert_int_equal(order_of("SIZE", &a, &b), 1);
	assert_int_equal(order_of("UID", &a, &b), 0);
	assert_int_equal(order_of("UID,-ID", &a, &b), 1);
	/* Absent comes first. */
	assert_int_equal(order_of("IDLE", &a, &b), -1);
	assert_int_equal(order_of("RSS", &a, &b), 1);
	assert_int_equal(order_of("LPID", &a, &b), 0);
}

static void a_wrong_order_is_refused(void **state)
{
	static const char *const wrong[] = {
		"",	"-",   "ID,",	  "--ID",
		"NOPE", "+ID", "ID SIZE", "ID,ID,ID,ID,ID,ID,ID,ID,ID"};
	struct sort_keys keys = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++)
		if (sort_parse(wrong[i], &keys) != -1)
			fail_msg("taken: '%s'", wrong[i]);
}

static void all_columns_are_all_of_the_table(void **state)
{
	struct columns columns = columns_all();

	(void)state;
	assert_true(columns.count < COLUMNS_MAX);
	assert_null(column_table[columns.count].name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_optional_argument_follows_at_once_or_is_left_out),
		cmocka_unit_test(a_number_after_it_might_be_either_and_is_refused),
		cmocka_unit_test(options_and_operands_fill_their_fields),
		cmocka_unit_test(an_option_that_names_a_segment_counts_as_an_operand),
		cmocka_unit_test(which_one_is_meant_is_said_once_or_twice_the_same),
		cmocka_unit_test(help_wins_over_what_is_missing),
		cmocka_unit_test(a_wrong_command_line_is_a_usage_error),
		cmocka_unit_test(the_number_of_operands_is_checked),
		cmocka_unit_test(columns_are_chosen_by_name_in_any_case),
		cmocka_unit_test(unknown_repeated_and_empty_columns_are_refused),
		cmocka_unit_test(rows_are_ordered_by_value_and_not_by_text),
		cmocka_unit_test(a_wrong_order_is_refused),
		cmocka_unit_test(all_columns_are_all_of_the_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

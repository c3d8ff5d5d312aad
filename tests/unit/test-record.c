/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows as lines of text, with values that want to break them. */
#include "unit.h"

#include <stdlib.h>

#include "column.h"
#include "names.h"
#include "record.h"

/* A segment that was never attached, made by a process of this name. */
static char *write_row(enum record_format format, const char *columns_text,
		       const char *command)
{
	struct finding finding = {
		.segment = {.id = 7,
			    .size = 12345678,
			    .rss = SEGMENT_UNKNOWN,
			    .ctime = 1795245490},
		.verdict = {.state = STATE_IDLE, .creator = FATE_RUNNING, .idle = 200},
	};
	struct columns columns;
	struct names names = {0};
	char *text = NULL;
	size_t length;
	FILE *file = open_memstream(&text, &length);

	snprintf(finding.creator.command, sizeof(finding.creator.command), "%s", command);
	assert_int_equal(columns_parse(columns_text, &columns), 0);
	record_heading(format, &columns, file);
	record_row(format, &columns, &(struct row){&finding, &names, NULL}, file);
	fclose(file);
	names_release(&names);
	return text;
}

static void expect(enum record_format format, const char *columns, const char *command,
		   const char *expected)
{
	char *text = write_row(format, columns, command);

	assert_string_equal(text, expected);
	free(text);
}

static void values_are_exact_and_absent_is_a_dash(void **state)
{
	(void)state;
	expect(RECORD_RAW, "ID,SIZE,RSS,IDLE,LOCKED,ATIME,CTIME", "",
	       "ID\tSIZE\tRSS\tIDLE\tLOCKED\tATIME\tATIME_EPOCH\tCTIME\tCTIME_EPOCH\n"
	       "7\t12345678\t-\t200\tfalse\t-\t-\t2026-11-21T07:18:10Z\t1795245490\n");
	expect(RECORD_CSV, "ID,RSS,CTIME", "",
	       "ID,RSS,CTIME,CTIME_EPOCH\n7,-,2026-11-21T07:18:10Z,1795245490\n");
	expect(RECORD_PAIRS, "ID,RSS,CTIME", "",
	       "ID=\"7\" RSS=\"-\" CTIME=\"2026-11-21T07:18:10Z\" CTIME_EPOCH=\"1795245490\"\n");
}

static void no_text_breaks_a_raw_line(void **state)
{
	(void)state;
	expect(RECORD_RAW, "COMMAND,ID", "a b\"c", "COMMAND\tID\na b\"c\t7\n");
	expect(RECORD_RAW, "COMMAND,ID", "a\tb\nc\\d\x1b\x7f",
	       "COMMAND\tID\na\\x09b\\x0ac\\x5cd\\x1b\\x7f\t7\n");
	expect(RECORD_RAW, "COMMAND", "\xff\xc3\xa9\xc2\x9b",
	       "COMMAND\n\\xff\xc3\xa9\\xc2\\x9b\n");
	expect(RECORD_RAW, "COMMAND",
	       "a\xe2\x80\xae"
	       "b",
	       "COMMAND\na\\xe2\\x80\\xaeb\n");
	expect(RECORD_RAW, "COMMAND", "-", "COMMAND\n\\x2d\n");
	expect(RECORD_RAW, "COMMAND", "--", "COMMAND\n--\n");
	expect(RECORD_RAW, "COMMAND", "", "COMMAND\n-\n");
}

static void csv_quotes_what_has_a_comma_or_a_quote(void **state)
{
	(void)state;
	expect(RECORD_CSV, "COMMAND,ID", "plain", "COMMAND,ID\nplain,7\n");
	expect(RECORD_CSV, "COMMAND,ID", "a,b", "COMMAND,ID\n\"a,b\",7\n");
	expect(RECORD_CSV, "COMMAND,ID", "a\"b", "COMMAND,ID\n\"a\"\"b\",7\n");
	expect(RECORD_CSV, "COMMAND,ID", "a\nb", "COMMAND,ID\na\\x0ab,7\n");
}

static void pairs_hold_nothing_that_a_shell_expands(void **state)
{
	(void)state;
	expect(RECORD_PAIRS, "COMMAND,ID", "a\"$(b)`c`\\",
	       "COMMAND=\"a\\x22\\x24(b)\\x60c\\x60\\x5c\" ID=\"7\"\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_exact_and_absent_is_a_dash),
		cmocka_unit_test(no_text_breaks_a_raw_line),
		cmocka_unit_test(csv_quotes_what_has_a_comma_or_a_quote),
		cmocka_unit_test(pairs_hold_nothing_that_a_shell_expands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

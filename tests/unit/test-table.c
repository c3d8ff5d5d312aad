/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables for people, and libsmartcols without memory. */
#include "unit.h"

#include <libsmartcols.h>
#include <stdlib.h>

#include "lib/attach.h"
#include "names.h"
#include "output.h"
#include "table.h"

static unsigned int asked; /* how often libsmartcols was asked for something */
static unsigned int fails; /* which time it has no memory; 0: it always has */

static bool is_out(void)
{
	errno = 0;
	return ++asked == fails;
}

#define WRAP(type, name, parameters, arguments, failure)               \
	type __real_##name parameters;                                 \
	type __wrap_##name parameters;                                 \
	type __wrap_##name parameters                                  \
	{                                                              \
		return is_out() ? (failure) : __real_##name arguments; \
	}

typedef struct libscols_table *table;
typedef struct libscols_column *made_column;
typedef struct libscols_line *line;

/* As its calloc(3) does. */
WRAP(table, scols_new_table, (void), (), (errno = ENOMEM, NULL))
WRAP(made_column, scols_table_new_column,
     (table to, const char *name, double width, int flags), (to, name, width, flags),
     NULL)
WRAP(line, scols_table_new_line, (table to, line parent), (to, parent), NULL)
WRAP(int, scols_line_set_data, (line of, size_t place, const char *text),
     (of, place, text), -ENOMEM)
WRAP(int, scols_cell_set_color, (struct libscols_cell * cell, const char *colour),
     (cell, colour), -ENOMEM)

/* What would be printed, to be freed; NULL if the table could not be made. */
static char *draw(struct output *output, const struct row *row)
{
	struct libscols_table *made = table_new(output);
	char *text = NULL;

	if (made && table_add(made, output, row) == 0)
		assert_int_equal(scols_print_table_to_string(made, &text), 0);
	table_free(made);
	return text;
}

/* A segment with two holders, of whom one is out of sight by his PID, and a third at all. */
static char *draw_holders(const char *columns, bool tree, bool colour)
{
	static struct holder holders[] = {{.pid = 812,
					   .uid = 852516354,
					   .command = "render",
					   .started = 900,
					   .mappings = 1,
					   .writable = true,
					   .verified = true},
					  {.uid = 852516355,
					   .command = "viewer",
					   .started = PROCESS_STARTED_UNKNOWN,
					   .mappings = 2}};
	const struct attachment attachment = {
		.nattch = 4, .seen = 1, .holder = holders, .holders = 2};
	const struct finding finding = {
		.segment = {.id = 7, .mode = 0640, .nattch = 4, .uid = 852516354},
		.verdict = {.state = STATE_ATTACHED},
	};
	struct output output = {
		.holders = tree, .no_truncate = true, .colour = colour, .now = 1000};
	struct names names = {0};
	char *text;
	int error;

	assert_int_equal(columns_parse(columns, &output.columns), 0);
	text = draw(&output, &(struct row){&finding, &names, &attachment});
	error = errno;
	names_release(&names);
	errno = error;
	return text;
}

static void holders_hang_from_their_segment(void **state)
{
	char *text = draw_holders("ID,OWNER,PERMS,NATTCH,STATE", true, false);

	(void)state;
	assert_string_equal(
		text,
		"ID    OWNER     PERMS     NATTCH STATE    HOLDER              RUNS\n"
		"7     852516354 rw-r-----      4 attached                    \n"
		"|-812 852516354 rw             1          render             1m40s\n"
		"|-?   852516355 r-             2          unverified: viewer     -\n"
		"`-?                            3          unseen             ");
	free(text);
	text = draw_holders("ID", true, false);
	assert_string_equal(text, "ID    HOLDER              RUNS\n"
				  "7                        \n"
				  "|-812 render             1m40s\n"
				  "|-?   unverified: viewer     -\n"
				  "`-?   3 unseen           ");
	free(text);
}

static void holders_in_a_column_are_all_or_said_not_to_be(void **state)
{
	char *text = draw_holders("ID,HOLDERS", false, false);

	(void)state;
	assert_string_equal(text, "ID HOLDERS\n"
				  " 7 812(render),?(viewer),?");
	free(text);
}

static void a_table_without_all_of_its_cells_is_none(void **state)
{
	char *text = NULL;

	(void)state;
	while (!text) {
		asked = 0;
		fails++;
		text = draw_holders("ID,OWNER,PERMS,NATTCH,STATE", true, true);
		if (!text)
			assert_int_equal(errno, ENOMEM);
	}
	assert_true(fails > 30);
	assert_true(asked < fails);
	fails = 0;
	free(text);
}

/* Three cells, the second of them on the right; NULL as draw(). */
static char *draw_plain(void)
{
	static const char *const names[] = {"A", "NUMBER", "B"}, *const texts[] = {
									 "a", "7", "b"};
	struct libscols_table *made = table_new_plain(names, 3, 1 << 1);
	char *text = NULL;

	if (made && table_add_plain(made, texts, 3) == 0)
		assert_int_equal(scols_print_table_to_string(made, &text), 0);
	table_free(made);
	return text;
}

static void a_plain_table_has_the_columns_and_texts_given(void **state)
{
	char *text = draw_plain();

	(void)state;
	assert_string_equal(text, "A NUMBER B\na      7 b");
	free(text);
}

static void a_plain_table_without_all_of_its_cells_is_none(void **state)
{
	char *text = NULL;

	(void)state;
	while (!text) {
		asked = 0;
		fails++;
		text = draw_plain();
		if (!text)
			assert_int_equal(errno, ENOMEM);
	}
	assert_int_equal(fails, 1 + 3 + 1 + 3 + 1);
	fails = 0;
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(holders_hang_from_their_segment),
		cmocka_unit_test(holders_in_a_column_are_all_or_said_not_to_be),
		cmocka_unit_test(a_table_without_all_of_its_cells_is_none),
		cmocka_unit_test(a_plain_table_has_the_columns_and_texts_given),
		cmocka_unit_test(a_plain_table_without_all_of_its_cells_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

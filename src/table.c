/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "table.h"

#include <errno.h>
#include <libsmartcols.h>

#include "output.h"

/* libsmartcols returns -errno. */
static int failed(int result)
{
	if (result >= 0)
		return 0;
	errno = -result;
	return -1;
}

static int column_flags(const struct output *output, const struct column *column)
{
	if (!column_is_text(column) && column->type != COLUMN_TIME)
		return SCOLS_FL_RIGHT;
	return column->type == COLUMN_TEXT && !output->no_truncate ? SCOLS_FL_TRUNC : 0;
}

struct libscols_table *table_new(const struct output *output)
{
	struct libscols_table *table = scols_new_table();
	const struct column *column;

	if (!table)
		return NULL;
	scols_table_enable_noheadings(table, output->no_headings);
	scols_table_enable_colors(table, output->colour);
	for (unsigned int i = 0; i < output->columns.count; i++) {
		column = output->columns.item[i];
		if (!scols_table_new_column(table, column->name, 0,
					    column_flags(output, column))) {
			scols_unref_table(table);
			errno = ENOMEM;
			return NULL;
		}
	}
	return table;
}

/* As libsmartcols calls them (terminal-colors.d(5)). */
static const char *colour_of(enum state state)
{
	static const char *const colours[] = {
		[STATE_ATTACHED] = "green",
		[STATE_DEST] = "magenta",
		[STATE_IDLE] = "brown",
		[STATE_ORPHAN] = "red",
	};

	return colours[state];
}

int table_add(struct libscols_table *table, const struct output *output,
	      const struct row *row)
{
	struct libscols_line *line = scols_table_new_line(table, NULL);
	const struct column *column;
	struct cell cell;
	const char *text;
	int result;

	if (!line) {
		errno = ENOMEM;
		return -1;
	}
	for (unsigned int i = 0; i < output->columns.count; i++) {
		column = output->columns.item[i];
		column_get(column, row, &cell);
		text = column_text(column, &cell, output->bytes);
		result = scols_line_set_data(line, i, text ? text : "-");
		if (result == 0 && column->type == COLUMN_STATE && output->colour)
			result = scols_cell_set_color(
				scols_line_get_cell(line, i),
				colour_of(row->finding->verdict.state));
		if (result < 0)
			return failed(result);
	}
	return 0;
}

struct libscols_table *table_new_plain(const char *const names[], unsigned int count,
				       unsigned int right)
{
	struct libscols_table *table = scols_new_table();

	if (!table)
		return NULL;
	for (unsigned int i = 0; i < count; i++)
		if (!scols_table_new_column(table, names[i], 0,
					    right >> i & 1 ? SCOLS_FL_RIGHT : 0)) {
			scols_unref_table(table);
			errno = ENOMEM;
			return NULL;
		}
	return table;
}

int table_add_plain(struct libscols_table *table, const char *const texts[],
		    unsigned int count)
{
	struct libscols_line *line = scols_table_new_line(table, NULL);

	if (!line) {
		errno = ENOMEM;
		return -1;
	}
	for (unsigned int i = 0; i < count; i++)
		if (failed(scols_line_set_data(line, i, texts[i])))
			return -1;
	return 0;
}

int table_print(struct libscols_table *table)
{
	return failed(scols_print_table(table));
}

void table_free(struct libscols_table *table)
{
	scols_unref_table(table);
}

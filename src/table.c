/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "table.h"

#include <errno.h>
#include <libsmartcols.h>

#include "column.h"

/* libsmartcols returns -errno. */
static int failed(int result)
{
	if (result >= 0)
		return 0;
	errno = -result;
	return -1;
}

struct libscols_table *table_new(const struct columns *columns)
{
	struct libscols_table *table = scols_new_table();
	const struct column *column;
	int flags;

	if (!table)
		return NULL;
	for (unsigned int i = 0; i < columns->count; i++) {
		column = columns->item[i];
		flags = column->type == COLUMN_TEXT || column->type == COLUMN_TIME
				? 0
				: SCOLS_FL_RIGHT;
		if (!scols_table_new_column(table, column->name, 0, flags)) {
			scols_unref_table(table);
			errno = ENOMEM;
			return NULL;
		}
	}
	return table;
}

int table_add(struct libscols_table *table, const struct columns *columns,
	      const struct row *row, bool exact)
{
	struct libscols_line *line = scols_table_new_line(table, NULL);
	struct cell cell;
	const char *text;
	int result;

	if (!line) {
		errno = ENOMEM;
		return -1;
	}
	for (unsigned int i = 0; i < columns->count; i++) {
		column_get(columns->item[i], row, &cell);
		text = column_text(columns->item[i], &cell, exact);
		result = scols_line_set_data(line, i, text ? text : "-");
		if (result < 0)
			return failed(result);
	}
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

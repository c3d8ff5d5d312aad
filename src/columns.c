/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Choosing columns, and the text of the cells that column.c fills. */
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "column.h"
#include "format.h"

const struct column *column_find(const char *name, size_t length)
{
	for (const struct column *column = column_table; column->name; column++)
		if (strlen(column->name) == length &&
		    strncasecmp(column->name, name, length) == 0)
			return column;
	return NULL;
}

bool columns_have(const struct columns *columns, const struct column *column)
{
	for (unsigned int i = 0; i < columns->count; i++)
		if (columns->item[i] == column)
			return true;
	return false;
}

/* Add those that text names, as far as all goes well. */
static int add_named(const char *text, struct columns *columns)
{
	const struct column *column;
	size_t length;

	for (;; text += length + 1) {
		length = strcspn(text, ",");
		column = column_find(text, length);
		if (!column || columns_have(columns, column)) {
			errno = EINVAL;
			return -1;
		}
		columns->item[columns->count++] = column;
		if (!text[length])
			return 0;
	}
}

int columns_parse(const char *text, struct columns *columns)
{
	struct columns chosen = {0};

	if (*text == '+')
		chosen = columns_default();
	if (add_named(text + (*text == '+'), &chosen))
		return -1;
	*columns = chosen;
	return 0;
}

struct columns columns_default(void)
{
	struct columns columns = {0};

	add_named("KEY,ID,OWNER,PERMS,SIZE,RSS,NATTCH,STATE,IDLE", &columns);
	return columns;
}

struct columns columns_all(void)
{
	struct columns columns = {0};

	while (column_table[columns.count].name) {
		columns.item[columns.count] = &column_table[columns.count];
		columns.count++;
	}
	return columns;
}

bool column_is_text(const struct column *column)
{
	return column->type <= COLUMN_HOLDERS;
}

void columns_add_holders(struct columns *columns)
{
	const struct column *column = column_find("HOLDERS", strlen("HOLDERS"));

	if (!columns_have(columns, column))
		columns->item[columns->count++] = column;
}

void column_get(const struct column *column, const struct row *row, struct cell *cell)
{
	cell->absent = false;
	cell->text = NULL;
	column->get(row, cell);
}

const char *column_text(const struct column *column, struct cell *cell, bool bytes)
{
	if (cell->absent)
		return NULL;
	switch (column->type) {
	case COLUMN_SIZE:
		if (bytes)
			return column_exact(column, cell);
		format_size(cell->bytes, cell->room);
		return cell->room;
	case COLUMN_TIME:
		format_local_time(cell->number, cell->room);
		return cell->room;
	case COLUMN_DURATION:
		format_duration(cell->number, cell->room);
		return cell->room;
	case COLUMN_BOOL:
		return cell->number ? "yes" : "no";
	case COLUMN_WORD:
	case COLUMN_STATE:
	case COLUMN_TEXT:
	case COLUMN_HOLDERS:
	case COLUMN_NUMBER:
		break;
	}
	return column_exact(column, cell);
}

const char *column_exact(const struct column *column, struct cell *cell)
{
	if (cell->absent)
		return NULL;
	switch (column->type) {
	case COLUMN_WORD:
	case COLUMN_STATE:
	case COLUMN_TEXT:
	case COLUMN_HOLDERS:
		return cell->text ? cell->text : cell->room;
	case COLUMN_TIME:
		format_rfc3339(cell->number, cell->room);
		break;
	case COLUMN_SIZE:
		format_unsigned(cell->bytes, cell->room);
		break;
	case COLUMN_NUMBER:
	case COLUMN_DURATION:
		format_signed(cell->number, cell->room);
		break;
	case COLUMN_BOOL:
		return cell->number ? "true" : "false";
	}
	return cell->room;
}

static int parse_columns(const char *text, void *field)
{
	return columns_parse(text, field);
}

const struct value value_columns = {
	.name = "COLUMNS",
	.expected = "names of columns, separated by commas, such as ID,SIZE or +REASON",
	.offers = OFFERS_COLUMNS,
	.parse = parse_columns,
};

void columns_help(FILE *file)
{
	fprintf(file, "\nColumns:\n");
	for (const struct column *column = column_table; column->name; column++)
		fprintf(file, "  %-8s %s\n", column->name, column->help);
}

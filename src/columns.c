/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Choosing columns, and writing the cells that column.c fills. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "column.h"
#include "format.h"
#include "json.h"

static const struct column *find_column(const char *name, size_t length)
{
	for (const struct column *column = column_table; column->name; column++)
		if (strlen(column->name) == length &&
		    strncasecmp(column->name, name, length) == 0)
			return column;
	return NULL;
}

static bool has_column(const struct columns *columns, const struct column *column)
{
	for (unsigned int i = 0; i < columns->count; i++)
		if (columns->item[i] == column)
			return true;
	return false;
}

int columns_parse(const char *text, struct columns *columns)
{
	struct columns chosen = {0};
	const struct column *column;
	size_t length;

	if (*text == '+')
		chosen = columns_default();
	for (text += *text == '+';; text += length + 1) {
		length = strcspn(text, ",");
		column = find_column(text, length);
		if (!column || has_column(&chosen, column)) {
			errno = EINVAL;
			return -1;
		}
		chosen.item[chosen.count++] = column;
		if (!text[length])
			break;
	}
	*columns = chosen;
	return 0;
}

struct columns columns_default(void)
{
	struct columns columns = {0};

	columns_parse("KEY,ID,OWNER,PERMS,SIZE,RSS,NATTCH,STATE,IDLE", &columns);
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

void column_get(const struct column *column, const struct row *row, struct cell *cell)
{
	cell->absent = false;
	cell->text = NULL;
	column->get(row, cell);
}

const char *column_text(const struct column *column, struct cell *cell, bool exact)
{
	if (cell->absent)
		return NULL;
	switch (column->type) {
	case COLUMN_TEXT:
		return cell->text ? cell->text : cell->room;
	case COLUMN_NUMBER:
		snprintf(cell->room, sizeof(cell->room), "%" PRId64, cell->number);
		break;
	case COLUMN_SIZE:
		if (exact)
			snprintf(cell->room, sizeof(cell->room), "%" PRIu64, cell->bytes);
		else
			format_size(cell->bytes, cell->room);
		break;
	case COLUMN_TIME:
		format_local_time(cell->number, cell->room);
		break;
	case COLUMN_DURATION:
		format_duration(cell->number, cell->room);
		break;
	case COLUMN_BOOL:
		return cell->number ? "yes" : "no";
	}
	return cell->room;
}

/* "CTIME" and "_epoch" make "ctime_epoch". */
static void json_key(const struct column *column, const char *suffix, char key[static 32])
{
	snprintf(key, 32, "%s%s", column->name, suffix);
	for (; *key; key++)
		*key = (char)tolower((unsigned char)*key);
}

static void json_time(const struct column *column, const struct cell *cell,
		      struct json *json)
{
	char key[32], text[FORMAT_ROOM];

	json_key(column, "", key);
	format_rfc3339(cell->number, text);
	if (cell->absent)
		json_null(json, key);
	else
		json_text(json, key, text);

	json_key(column, "_epoch", key);
	if (cell->absent)
		json_null(json, key);
	else
		json_signed(json, key, cell->number);
}

static void json_cell(const struct column *column, const struct cell *cell,
		      struct json *json)
{
	char key[32];

	json_key(column, "", key);
	if (cell->absent)
		json_null(json, key);
	else if (column->type == COLUMN_TEXT)
		json_text(json, key, cell->text ? cell->text : cell->room);
	else if (column->type == COLUMN_SIZE)
		json_unsigned(json, key, cell->bytes);
	else if (column->type == COLUMN_BOOL)
		json_bool(json, key, cell->number);
	else
		json_signed(json, key, cell->number);
}

void columns_json(const struct columns *columns, const struct row *row, struct json *json)
{
	const struct column *column;
	struct cell cell;

	json_open_object(json, NULL);
	for (unsigned int i = 0; i < columns->count; i++) {
		column = columns->item[i];
		column_get(column, row, &cell);
		if (column->type == COLUMN_TIME)
			json_time(column, &cell, json);
		else
			json_cell(column, &cell, json);
	}
	json_close_object(json);
}

static int parse_columns(const char *text, void *field)
{
	return columns_parse(text, field);
}

const struct value value_columns = {
	.name = "COLUMNS",
	.expected = "names of columns, separated by commas, such as ID,SIZE or +REASON",
	.parse = parse_columns,
};

void columns_help(FILE *file)
{
	fprintf(file, "\nColumns:\n");
	for (const struct column *column = column_table; column->name; column++)
		fprintf(file, "  %-8s %s\n", column->name, column->help);
}

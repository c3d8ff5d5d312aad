/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "record.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "column.h"
#include "utf8.h"

static const char *const separators[] = {
	[RECORD_RAW] = "\t", [RECORD_CSV] = ",", [RECORD_PAIRS] = " "};

static bool needs_escape(enum record_format format, const unsigned char *p)
{
	return *p == '\\' || utf8_is_control(p) ||
	       (format == RECORD_PAIRS && strchr("\"$`", *p));
}

static void put_escaped(enum record_format format, const char *text, FILE *file)
{
	const unsigned char *p = (const unsigned char *)text;
	unsigned int length;
	bool escape = strcmp(text, "-") == 0;

	for (; *p; p += length) {
		length = utf8_length(p);
		if (length && !escape && !needs_escape(format, p)) {
			if (format == RECORD_CSV && *p == '"')
				fputc('"', file);
			fwrite(p, 1, length, file);
			continue;
		}
		length += !length;
		for (unsigned int i = 0; i < length; i++)
			fprintf(file, "\\x%02x", p[i]);
	}
}

/* The first cell has no separator before it. */
static void put_cell(enum record_format format, bool first, const char *name,
		     const char *value, FILE *file)
{
	bool quote = format == RECORD_PAIRS ||
		     (format == RECORD_CSV && value && strpbrk(value, ",\""));

	if (!first)
		fputs(separators[format], file);
	if (format == RECORD_PAIRS)
		fprintf(file, "%s=", name);
	if (quote)
		fputc('"', file);
	if (value && *value)
		put_escaped(format, value, file);
	else
		fputc('-', file);
	if (quote)
		fputc('"', file);
}

void record_heading(enum record_format format, const struct columns *columns, FILE *file)
{
	const struct column *column;

	if (format == RECORD_PAIRS)
		return;
	for (unsigned int i = 0; i < columns->count; i++) {
		column = columns->item[i];
		fprintf(file, "%s%s", i ? separators[format] : "", column->name);
		if (column->type == COLUMN_TIME)
			fprintf(file, "%s%s_EPOCH", separators[format], column->name);
	}
	fputc('\n', file);
}

void record_row(enum record_format format, const struct columns *columns,
		const struct row *row, FILE *file)
{
	const struct column *column;
	struct cell cell;
	char name[32], epoch[32];

	for (unsigned int i = 0; i < columns->count; i++) {
		column = columns->item[i];
		column_get(column, row, &cell);
		put_cell(format, i == 0, column->name, column_exact(column, &cell), file);
		if (column->type != COLUMN_TIME)
			continue;
		snprintf(name, sizeof(name), "%s_EPOCH", column->name);
		snprintf(epoch, sizeof(epoch), "%" PRId64, cell.number);
		put_cell(format, false, name, cell.absent ? NULL : epoch, file);
	}
	fputc('\n', file);
}

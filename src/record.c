/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "record.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "lib/attach.h"

#include "column.h"
#include "utf8.h"

static const char *const separators[] = {
	[RECORD_RAW] = "\t", [RECORD_CSV] = ",", [RECORD_PAIRS] = " "};

/* How many bytes from p on stand for themselves in every format. */
static size_t plain_length(const unsigned char *p)
{
	size_t length = 0;

	while (p[length] >= 0x20 && p[length] < 0x7f && !strchr("\"$`\\", p[length]))
		length++;
	return length;
}

static bool needs_escape(enum record_format format, const unsigned char *p,
			 unsigned int length)
{
	return *p == '\\' || utf8_misleads(utf8_decode(p, length)) ||
	       (format == RECORD_PAIRS && strchr("\"$`", *p));
}

/* Write the character or byte at p; how many bytes that is. */
static size_t put_special(enum record_format format, const unsigned char *p, FILE *file)
{
	unsigned int length = utf8_length(p);

	if (length && !needs_escape(format, p, length)) {
		if (format == RECORD_CSV && *p == '"')
			fputc('"', file);
		fwrite(p, 1, length, file);
		return length;
	}
	length += !length;
	for (unsigned int i = 0; i < length; i++)
		fprintf(file, "\\x%02x", p[i]);
	return length;
}

static void put_escaped(enum record_format format, const char *text, FILE *file)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t length;

	if (strcmp(text, "-") == 0) {
		fputs("\\x2d", file);
		return;
	}
	for (; *p; p += length) {
		length = plain_length(p);
		if (length)
			fwrite_unlocked(p, 1, length, file);
		else
			length = put_special(format, p, file);
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

/*
 * The PIDs, with spaces between, one with "?" behind it that is not verified, and "?" for
 * those that are not visible. No commands: one
 * that looks like another entry would make it.
 */
static void put_holders(enum record_format format, bool first,
			const struct attachment *attachment, FILE *file)
{
	const char *quote = format == RECORD_PAIRS ? "\"" : "", *gap = "";

	fprintf(file, "%s%s%s", first ? "" : separators[format],
		format == RECORD_PAIRS ? "HOLDERS=" : "", quote);
	for (size_t i = 0; attachment && i < attachment->holders; i++, gap = " ")
		if (attachment->holder[i].pid)
			fprintf(file, "%s%d%s", gap, attachment->holder[i].pid,
				attachment->holder[i].verified ? "" : "?");
		else
			fprintf(file, "%s?", gap);
	if (attachment && attachment_unseen(attachment))
		fprintf(file, "%s?", gap);
	else if (!*gap)
		fputc('-', file);
	fputs(quote, file);
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
		if (column->type == COLUMN_HOLDERS) {
			put_holders(format, i == 0, row->attachment, file);
			continue;
		}
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

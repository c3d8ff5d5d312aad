/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "table.h"

#include <errno.h>
#include <libsmartcols.h>
#include <string.h>
#include <unistd.h>

#include "lib/attach.h"

#include "format.h"
#include "names.h"
#include "output.h"

/* libsmartcols returns -errno. */
static int failed(int result)
{
	if (result >= 0)
		return 0;
	errno = -result;
	return -1;
}

/* Holders hang from the first column. */
static int column_flags(const struct output *output, unsigned int place,
			const struct column *column)
{
	if (place == 0 && output->holders)
		return SCOLS_FL_TREE;
	if (column->type == COLUMN_TIME)
		return 0;
	if (!column_is_text(column))
		return SCOLS_FL_RIGHT;
	return column->type >= COLUMN_TEXT && !output->no_truncate ? SCOLS_FL_TRUNC : 0;
}

/* What is not printable in a cell is escaped already: its backslashes are to stay. */
static struct libscols_column *add_column(struct libscols_table *table, const char *name,
					  int flags)
{
	struct libscols_column *column = scols_table_new_column(table, name, 0, flags);

	return column && scols_column_set_safechars(column, "\\") == 0 ? column : NULL;
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
		if (!add_column(table, column->name, column_flags(output, i, column)))
			goto no_memory;
	}
	if (output->holders && (!add_column(table, "HOLDER", SCOLS_FL_TRUNC) ||
				!add_column(table, "RUNS", SCOLS_FL_RIGHT)))
		goto no_memory;
	return table;
no_memory:
	scols_unref_table(table);
	errno = ENOMEM;
	return NULL;
}

/*
 * As libsmartcols calls them (terminal-colors.d(5)), and to be read on dark and on light:
 * yellow, which it calls brown, is not. NULL: none, for what nothing is to be done about.
 */
static const char *colour_of(enum state state)
{
	static const char *const colours[] = {
		[STATE_ATTACHED] = "green",
		[STATE_DEST] = "magenta",
		[STATE_ORPHAN] = "red",
	};

	return colours[state];
}

/* libsmartcols escapes controls alone, but cells are text of others. NULL: empty. */
static int set(struct libscols_line *line, size_t place, const char *text)
{
	char *safe;

	if (!text || format_is_plain(text))
		return failed(scols_line_set_data(line, place, text));
	safe = format_make_safe(text);
	return safe ? failed(scols_line_refer_data(line, place, safe)) : -1;
}

static struct libscols_line *add_line(struct libscols_table *table,
				      struct libscols_line *parent)
{
	struct libscols_line *line = scols_table_new_line(table, parent);

	if (!line)
		errno = ENOMEM;
	return line;
}

/* What a column of segments says of one of their holders; NULL: nothing. */
static const char *holder_text(const struct column *column, const struct row *row,
			       const struct holder *holder, char text[static FORMAT_ROOM])
{
	if (strcmp(column->name, "OWNER") == 0)
		return names_user(row->names, holder->uid);
	if (strcmp(column->name, "PERMS") == 0)
		return holder->writable ? "rw" : "r-";
	if (strcmp(column->name, "NATTCH") != 0)
		return NULL;
	format_unsigned(holder->mappings, text);
	return text;
}

static int add_holder(struct libscols_table *table, const struct output *output,
		      const struct row *row, const struct holder *holder,
		      struct libscols_line *parent)
{
	struct libscols_line *line = add_line(table, parent);
	const unsigned int count = output->columns.count;
	char text[FORMAT_ROOM] = "?", command[sizeof("unverified: ") + PROCESS_COMMAND];

	if (!line)
		return -1;
	if (holder->pid)
		format_signed(holder->pid, text);
	if (set(line, 0, text))
		return -1;
	for (unsigned int i = 1; i < count; i++)
		if (set(line, i, holder_text(output->columns.item[i], row, holder, text)))
			return -1;
	strcpy(text, "-");
	if (holder->started != PROCESS_STARTED_UNKNOWN)
		format_duration(output->now - holder->started, text);
	/* In front, where a narrow terminal does not cut it. */
	snprintf(command, sizeof(command), "%s%s",
		 holder->verified ? "" : "unverified: ", holder->command);
	return set(line, count, command) || set(line, count + 1, text) ? -1 : 0;
}

/*
 * The attaches that no visible process accounts for. How many stands where those of the
 * others stand, if they do: then the word is no wider than its heading, and never cut.
 */
static int add_unseen(struct libscols_table *table, const struct output *output,
		      uint64_t unseen, struct libscols_line *parent)
{
	struct libscols_line *line = add_line(table, parent);
	const unsigned int count = output->columns.count;
	char number[FORMAT_ROOM], text[FORMAT_ROOM + sizeof(" unseen")];
	const char *word = text;

	if (!line || set(line, 0, "?"))
		return -1;
	format_unsigned(unseen, number);
	snprintf(text, sizeof(text), "%s unseen", number);
	for (unsigned int i = 1; i < count; i++) {
		if (strcmp(output->columns.item[i]->name, "NATTCH") != 0)
			continue;
		if (set(line, i, number))
			return -1;
		word = "unseen";
	}
	return set(line, count, word);
}

static int add_holders(struct libscols_table *table, const struct output *output,
		       const struct row *row, struct libscols_line *parent)
{
	const struct attachment *attachment = row->attachment;

	for (size_t i = 0; i < attachment->holders; i++)
		if (add_holder(table, output, row, &attachment->holder[i], parent))
			return -1;
	if (attachment_unseen(attachment) == 0)
		return 0;
	return add_unseen(table, output, attachment_unseen(attachment), parent);
}

int table_add(struct libscols_table *table, const struct output *output,
	      const struct row *row)
{
	struct libscols_line *line = add_line(table, NULL);
	const struct column *column;
	struct cell cell;
	const char *text;

	if (!line)
		return -1;
	for (unsigned int i = 0; i < output->columns.count; i++) {
		column = output->columns.item[i];
		column_get(column, row, &cell);
		text = column_text(column, &cell, output->bytes);
		if (set(line, i, text ? text : "-"))
			return -1;
		if (column->type == COLUMN_STATE && output->colour &&
		    failed(scols_cell_set_color(scols_line_get_cell(line, i),
						colour_of(row->finding->verdict.state))))
			return -1;
	}
	return output->holders && row->attachment ? add_holders(table, output, row, line)
						  : 0;
}

struct libscols_table *table_new_plain(const char *const names[], unsigned int count,
				       unsigned int right)
{
	struct libscols_table *table = scols_new_table();

	if (!table)
		return NULL;
	for (unsigned int i = 0; i < count; i++)
		if (!add_column(table, names[i], right >> i & 1 ? SCOLS_FL_RIGHT : 0)) {
			scols_unref_table(table);
			errno = ENOMEM;
			return NULL;
		}
	return table;
}

int table_add_plain(struct libscols_table *table, const char *const texts[],
		    unsigned int count)
{
	struct libscols_line *line = add_line(table, NULL);

	if (!line)
		return -1;
	for (unsigned int i = 0; i < count; i++)
		if (set(line, i, texts[i]))
			return -1;
	return 0;
}

bool table_has_room(const struct libscols_table *table, size_t width)
{
	return !isatty(STDOUT_FILENO) || width <= scols_table_get_termwidth(table);
}

int table_print(struct libscols_table *table)
{
	return failed(scols_print_table(table));
}

void table_free(struct libscols_table *table)
{
	scols_unref_table(table);
}

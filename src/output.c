/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "output.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "lib/attach.h"

#include "format.h"
#include "names.h"
#include "record.h"
#include "table.h"

static enum record_format record_format(const struct output *output)
{
	switch (output->format) {
	case OUTPUT_CSV:
		return RECORD_CSV;
	case OUTPUT_PAIRS:
		return RECORD_PAIRS;
	default:
		return RECORD_RAW;
	}
}

int output_begin(struct output *output)
{
	output->json = (struct json){.file = stdout};
	switch (output->format) {
	case OUTPUT_TABLE:
		output->table = table_new(output);
		return output->table ? 0 : -1;
	case OUTPUT_JSON:
		json_open_object(&output->json, NULL);
		json_open_array(&output->json, "segments");
		return 0;
	case OUTPUT_JSON_LINES:
		return 0;
	case OUTPUT_RAW:
	case OUTPUT_CSV:
	case OUTPUT_PAIRS:
		if (!output->no_headings)
			record_heading(record_format(output), &output->columns, stdout);
		return 0;
	}
	return 0;
}

/* "CTIME" and "_epoch" make "ctime_epoch". */
static void json_key(const struct column *column, const char *suffix, char key[static 32])
{
	stpcpy(stpcpy(key, column->name), suffix);
	for (; *key; key++)
		*key = (char)tolower((unsigned char)*key);
}

static void put_cell(struct json *json, const struct column *column, struct cell *cell)
{
	const char *text = column_exact(column, cell);
	char key[32];

	json_key(column, "", key);
	if (!text)
		json_null(json, key);
	else if (column_is_text(column) || column->type == COLUMN_TIME)
		json_text(json, key, text);
	else
		json_literal(json, key, text);
	if (column->type != COLUMN_TIME)
		return;

	json_key(column, "_epoch", key);
	if (text)
		json_signed(json, key, cell->number);
	else
		json_null(json, key);
}

static void put_holder(struct json *json, const struct row *row,
		       const struct holder *holder)
{
	char text[FORMAT_ROOM];

	json_open_object(json, NULL);
	if (holder->pid)
		json_signed(json, "pid", holder->pid);
	else
		json_null(json, "pid");
	json_text(json, "user", names_user(row->names, holder->uid));
	json_unsigned(json, "uid", holder->uid);
	json_text(json, "command", holder->command);
	json_unsigned(json, "mappings", holder->mappings);
	json_bool(json, "writable", holder->writable);
	json_bool(json, "verified", holder->verified);
	if (holder->started == PROCESS_STARTED_UNKNOWN) {
		json_null(json, "started");
		json_null(json, "started_epoch");
	} else {
		format_rfc3339(holder->started, text);
		json_text(json, "started", text);
		json_signed(json, "started_epoch", holder->started);
	}
	json_close_object(json);
}

static void put_holders(struct json *json, const struct row *row)
{
	const struct attachment *attachment = row->attachment;
	const struct segment *segment = &row->finding->segment;
	const uint64_t page_size = attachment->page_size ? attachment->page_size
							 : segment->huge;
	char key[FORMAT_ROOM];

	json_open_array(json, "holders");
	for (size_t i = 0; i < attachment->holders; i++)
		put_holder(json, row, &attachment->holder[i]);
	json_close_array(json);
	json_unsigned(json, "unseen", attachment_unseen(attachment));
	/* What is not marked has the key that it was made with. */
	if (!segment->dest || attachment->key_known) {
		format_key(segment->dest ? attachment->key : segment->key, key);
		json_text(json, "original_key", key);
	} else {
		json_null(json, "original_key");
	}
	if (page_size)
		json_unsigned(json, "page_size", page_size);
	else
		json_null(json, "page_size");
}

void output_members(struct json *json, const struct columns *columns,
		    const struct row *row)
{
	struct cell cell;

	for (unsigned int i = 0; i < columns->count; i++) {
		if (columns->item[i]->type == COLUMN_HOLDERS && row->attachment) {
			put_holders(json, row);
			continue;
		}
		column_get(columns->item[i], row, &cell);
		put_cell(json, columns->item[i], &cell);
	}
}

static void put_object(struct json *json, const struct columns *columns,
		       const struct row *row)
{
	json_open_object(json, NULL);
	output_members(json, columns, row);
	json_close_object(json);
}

static bool shows_holders(const struct output *output)
{
	return output->holders ||
	       columns_have(&output->columns, column_find("HOLDERS", strlen("HOLDERS")));
}

int output_row(struct output *output, const struct row *row)
{
	if (row->attachment && attachment_unseen(row->attachment))
		output->unseen = true;
	switch (output->format) {
	case OUTPUT_TABLE:
		return table_add(output->table, output, row);
	case OUTPUT_JSON:
		put_object(&output->json, &output->columns, row);
		return 0;
	case OUTPUT_JSON_LINES:
		output->json = (struct json){.file = stdout, .flat = true};
		put_object(&output->json, &output->columns, row);
		json_end(&output->json);
		return 0;
	case OUTPUT_RAW:
	case OUTPUT_CSV:
	case OUTPUT_PAIRS:
		record_row(record_format(output), &output->columns, row, stdout);
		return 0;
	}
	return 0;
}

void total_add(struct total *total, const struct segment *segment)
{
	total->segments++;
	total->size = segment_sum(total->size, segment->size);
	total->rss = segment_sum(total->rss, segment->rss);
	total->swap = segment_sum(total->swap, segment->swap);
}

static void put_total(const struct output *output, const struct total *total)
{
	const uint64_t bytes[] = {total->size, total->rss, total->swap};
	char text[3][FORMAT_ROOM];

	for (int i = 0; i < 3; i++)
		if (bytes[i] == SEGMENT_UNKNOWN)
			strcpy(text[i], "unknown");
		else if (output->bytes)
			format_unsigned(bytes[i], text[i]);
		else
			format_size(bytes[i], text[i]);
	printf("%" PRIu64 " segment%s, size %s, in memory %s, swapped %s\n",
	       total->segments, total->segments == 1 ? "" : "s", text[0], text[1],
	       text[2]);
}

static void put_json_total(struct json *json, const struct total *total)
{
	json_open_object(json, "total");
	json_unsigned(json, "segments", total->segments);
	json_known(json, "size", total->size);
	json_known(json, "rss", total->rss);
	json_known(json, "swap", total->swap);
	json_close_object(json);
}

int output_end(struct output *output, const struct total *total)
{
	if (output->format == OUTPUT_TABLE) {
		if (table_print(output->table))
			return -1;
		if (output->unseen && shows_holders(output) && geteuid())
			puts("not all holders are visible: run as root to see them");
		if (total)
			put_total(output, total);
	}
	if (output->format == OUTPUT_JSON) {
		json_close_array(&output->json);
		if (total)
			put_json_total(&output->json, total);
		json_close_object(&output->json);
		json_end(&output->json);
	}
	return 0;
}

void output_release(struct output *output)
{
	table_free(output->table);
	output->table = NULL;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shmtool limits: what the kernel allows, what is used of it, and by whom. */
#include <err.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>

#include "lib/limits.h"
#include "lib/memory.h"
#include "lib/procfs.h"
#include "lib/scan.h"

#include "command.h"
#include "format.h"
#include "json.h"
#include "names.h"
#include "option.h"
#include "report.h"
#include "table.h"
#include "value.h"

struct limits_settings {
	bool bytes, json;
};

static const struct option_row options[] = {
	{'b', "bytes", VALUE_FLAG(struct limits_settings, bytes), "show sizes in bytes"},
	{'J', "json", VALUE_FLAG(struct limits_settings, json), "write a JSON document"},
	{0},
};

/* In the order of limits_rows(). */
static const char *const meanings[LIMIT_ROWS] = {
	"number of segments",
	"pages in all",
	"largest segment",
	"smallest segment",
};

static void put_size(uint64_t bytes, bool exact, char text[static FORMAT_ROOM])
{
	if (exact)
		snprintf(text, FORMAT_ROOM, "%" PRIu64, bytes);
	else
		format_size(bytes, text);
}

enum { AMOUNT_ROOM = 64 };

/* "4096", "4M", "100 (400K)" or "-". */
static void put_amount(enum unit unit, uint64_t amount, uint64_t bytes, bool exact,
		       char text[static AMOUNT_ROOM])
{
	char size[FORMAT_ROOM];

	put_size(bytes, exact, size);
	if (amount == LIMITS_UNKNOWN)
		snprintf(text, AMOUNT_ROOM, "-");
	else if (unit == UNIT_SEGMENTS)
		snprintf(text, AMOUNT_ROOM, "%" PRIu64, amount);
	else if (unit == UNIT_PAGES)
		snprintf(text, AMOUNT_ROOM, "%" PRIu64 " (%s)", amount, size);
	else
		snprintf(text, AMOUNT_ROOM, "%s", size);
}

static void put_limit(const struct limit_row *row, bool exact,
		      char text[static AMOUNT_ROOM])
{
	if (limit_is_none(row))
		snprintf(text, AMOUNT_ROOM, "no limit");
	else
		put_amount(row->unit, row->limit, row->limit_bytes, exact, text);
}

/* A per cent of no limit means nothing to a person. */
static void put_percent(const struct limit_row *row, char text[static FORMAT_ROOM])
{
	if (limit_is_none(row) || row->percent == LIMITS_UNKNOWN)
		snprintf(text, FORMAT_ROOM, "-");
	else if (row->percent == 0 && row->used > 0)
		snprintf(text, FORMAT_ROOM, "<0.01%%");
	else
		snprintf(text, FORMAT_ROOM, "%" PRIu64 ".%02u%%", row->percent / 100,
			 (unsigned int)(row->percent % 100));
}

/*
 * Print a table, unless something has failed already, and free it. This and the next
 * two return 0, or -1 and errno.
 */
static int print_table(struct libscols_table *table, int result)
{
	if (result == 0)
		result = table_print(table);
	table_free(table);
	return result;
}

static int print_rows(const struct limits *limits, bool exact)
{
	static const char *const headings[] = {"LIMIT", "VALUE",  "USED",
					       "USE%",	"SYSCTL", "MEANING"};
	struct libscols_table *table = table_new_plain(headings, 6,
						       1 << 1 | 1 << 2 | 1 << 3);
	char limit[AMOUNT_ROOM], used[AMOUNT_ROOM], percent[FORMAT_ROOM];
	struct limit_row rows[LIMIT_ROWS];
	int result = table ? 0 : -1;

	limits_rows(limits, rows);
	for (unsigned int i = 0; i < LIMIT_ROWS && result == 0; i++) {
		const struct limit_row *row = &rows[i];
		const char *const texts[] = {
			row->name,  limit, used, percent, row->sysctl ? row->sysctl : "-",
			meanings[i]};

		put_limit(row, exact, limit);
		put_amount(row->unit, row->used, row->used_bytes, exact, used);
		put_percent(row, percent);
		result = table_add_plain(table, texts, 6);
	}
	return print_table(table, result);
}

static int print_consumers(const struct consumers *top, bool exact)
{
	static const char *const headings[] = {"OWNER", "SEGMENTS", "SIZE", "RSS"};
	struct libscols_table *table = table_new_plain(headings, 4,
						       1 << 1 | 1 << 2 | 1 << 3);
	char segments[FORMAT_ROOM], size[FORMAT_ROOM], rss[FORMAT_ROOM];
	struct names names = {0};
	int result = table ? 0 : -1;

	for (unsigned int i = 0; i < top->count && result == 0; i++) {
		const struct consumer *one = &top->item[i];
		const char *const texts[] = {names_user(&names, one->uid), segments, size,
					     one->rss == LIMITS_UNKNOWN ? "-" : rss};

		put_size(one->segments, true, segments);
		put_size(one->size, exact, size);
		put_size(one->rss, exact, rss);
		result = table_add_plain(table, texts, 4);
	}
	names_release(&names);
	return print_table(table, result);
}

static void print_rmid_forced(int forced)
{
	fputs("kernel.shm_rmid_forced is ", stdout);
	if (forced < 0)
		puts("unknown");
	else if (forced)
		puts("1: a segment goes with its creator,\n"
		     "  or with its last attach if that is later");
	else
		puts("0: a segment stays until it is removed");
}

static void print_huge_pages(const struct huge_pages *huge, bool exact)
{
	uint64_t available = huge_pages_available(huge);
	char page[FORMAT_ROOM];

	if (huge->size == MEMORY_UNKNOWN || huge->total == MEMORY_UNKNOWN ||
	    available == MEMORY_UNKNOWN) {
		puts("huge pages: unknown");
		return;
	}
	put_size(huge->size, exact, page);
	printf("huge pages of %s: %" PRIu64 " in all, %" PRIu64 " free, %" PRIu64
	       " of them reserved",
	       page, huge->total, huge->free, huge->reserved);
	if (huge->surplus != MEMORY_UNKNOWN)
		printf(", %" PRIu64 " surplus", huge->surplus);
	printf("\n  SHM_HUGETLB can have %" PRIu64 " now", available);
	if (huge_pages_possible(huge) != MEMORY_UNKNOWN && huge_pages_possible(huge) > 0)
		printf(", and perhaps %" PRIu64 " more", huge_pages_possible(huge));
	puts(";\n  the sysctl vm.nr_hugepages says how many there are");
}

static int print_text(const struct limits *limits, const struct memory *memory,
		      bool exact)
{
	char page[FORMAT_ROOM];

	if (print_rows(limits, exact))
		return -1;
	put_size(limits->page_size, exact, page);
	printf("\na page is %s; every segment takes whole pages\n", page);
	print_rmid_forced(limits->rmid_forced);
	print_huge_pages(&memory->huge, exact);
	if (limits->by_size.count == 0)
		return 0;
	puts("\nwho has most:");
	return print_consumers(&limits->by_size, exact);
}

static void json_row(struct json *json, const struct limit_row *row)
{
	static const char *const units[] = {[UNIT_SEGMENTS] = "segments",
					    [UNIT_PAGES] = "pages",
					    [UNIT_BYTES] = "bytes"};

	json_open_object(json, NULL);
	json_text(json, "name", row->name);
	json_text(json, "unit", units[row->unit]);
	json_unsigned(json, "limit", row->limit);
	json_known(json, "used", row->used);
	if (row->percent == LIMITS_UNKNOWN)
		json_null(json, "percent");
	else
		json_hundredths(json, "percent", row->percent);
	json_known(json, "limit_bytes", row->limit_bytes);
	json_known(json, "used_bytes", row->used_bytes);
	if (row->sysctl)
		json_text(json, "sysctl", row->sysctl);
	else
		json_null(json, "sysctl");
	json_close_object(json);
}

static void json_huge_pages(struct json *json, const struct huge_pages *huge)
{
	json_open_object(json, "huge_pages");
	json_known(json, "size", huge->size);
	json_known(json, "total", huge->total);
	json_known(json, "free", huge->free);
	json_known(json, "reserved", huge->reserved);
	json_known(json, "surplus", huge->surplus);
	json_known(json, "overcommit", huge->overcommit);
	json_known(json, "available", huge_pages_available(huge));
	json_close_object(json);
}

static void json_consumers(struct json *json, const struct consumers *top)
{
	struct names names = {0};

	json_open_array(json, "users");
	for (unsigned int i = 0; i < top->count; i++) {
		json_open_object(json, NULL);
		json_text(json, "owner", names_user(&names, top->item[i].uid));
		json_unsigned(json, "uid", top->item[i].uid);
		json_unsigned(json, "segments", top->item[i].segments);
		json_unsigned(json, "size", top->item[i].size);
		json_known(json, "rss", top->item[i].rss);
		json_close_object(json);
	}
	json_close_array(json);
	names_release(&names);
}

static void print_json(const struct limits *limits, const struct memory *memory)
{
	struct json json = {.file = stdout};
	struct limit_row rows[LIMIT_ROWS];

	limits_rows(limits, rows);
	json_open_object(&json, NULL);
	json_open_array(&json, "limits");
	for (unsigned int i = 0; i < LIMIT_ROWS; i++)
		json_row(&json, &rows[i]);
	json_close_array(&json);
	json_unsigned(&json, "page_size", limits->page_size);
	if (limits->rmid_forced < 0)
		json_null(&json, "shm_rmid_forced");
	else
		json_unsigned(&json, "shm_rmid_forced", (uint64_t)limits->rmid_forced);
	json_huge_pages(&json, &memory->huge);
	json_consumers(&json, &limits->by_size);
	json_close_object(&json);
	json_end(&json);
}

/* Returns 0, or -1 after a message. */
static int read_limits(struct limits *limits)
{
	struct scan scan;
	int result = -1;

	if (scan_open(&scan, PROCFS_SHM)) {
		report_scan_failure(&scan);
		return -1;
	}
	if (limits_read(limits))
		warn("shmctl(SHM_INFO)");
	else if (limits_count(limits, &scan))
		report_scan_failure(&scan);
	else
		result = 0;
	scan_close(&scan);
	return result;
}

static int limits_run(void *argument)
{
	const struct limits_settings *settings = argument;
	struct limits limits;
	struct memory memory;

	if (read_limits(&limits))
		return EXIT_FAILURE;
	memory_read(&memory, MEMORY_INFO);
	if (settings->json) {
		print_json(&limits, &memory);
	} else if (print_text(&limits, &memory, settings->bytes)) {
		warn(NULL);
		return EXIT_FAILURE;
	}
	return EXIT_SUCCESS;
}

const struct command command_limits = {
	.name = "limits",
	.summary = "show the limits, what is used of them, and who uses most",
	.options = options,
	.size = sizeof(struct limits_settings),
	.run = limits_run,
};

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shmtool list: the segments of this IPC namespace, a row each. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "listing.h"
#include "output.h"
#include "privilege.h"
#include "sandbox.h"
#include "selection.h"

struct list_settings {
	struct request request;
	struct columns columns; /* none: the default */
	bool all_columns, bytes, no_headings, no_truncate;
	bool json, json_lines, raw, csv, pairs;
	bool holders;
	enum when colour;
};

static const struct list_settings defaults = {.request.filter = FILTER_ALL};

static const struct option_row options[] = {
	SELECTION_OPTIONS(struct list_settings, request.filter),
	SELECTION_BY_PID(struct list_settings, request.filter,
			 "creator, last user or holder"),
	SELECTION_BY_KEY(struct list_settings, request.filter, "key"),
	SELECTION_KEYED_OR_OLD(struct list_settings, request.filter),
	{'x', "sort", VALUE_SORT(struct list_settings, request.sort),
	 "sort by these columns, largest first for -COLUMN"},
	{'o', "output", VALUE_COLUMNS(struct list_settings, columns),
	 "show these columns; +COLUMNS adds them to the default"},
	{'O', "output-all", VALUE_FLAG(struct list_settings, all_columns),
	 "show all columns"},
	{'J', "json", VALUE_FLAG(struct list_settings, json), "write a JSON document"},
	{0, "json-lines", VALUE_FLAG(struct list_settings, json_lines),
	 "write a JSON object a line"},
	{'r', "raw", VALUE_FLAG(struct list_settings, raw),
	 "write cells with tabs between"},
	{'P', "pairs", VALUE_FLAG(struct list_settings, pairs),
	 "write NAME=\"value\" pairs"},
	{0, "csv", VALUE_FLAG(struct list_settings, csv),
	 "write cells with commas between"},
	{'b', "bytes", VALUE_FLAG(struct list_settings, bytes), "show sizes in bytes"},
	{'n', "noheadings", VALUE_FLAG(struct list_settings, no_headings),
	 "leave out the names of the columns"},
	{0, "notruncate", VALUE_FLAG(struct list_settings, no_truncate),
	 "do not cut texts to fit the terminal"},
	{0, "color", VALUE_WHEN(struct list_settings, colour),
	 "colour the states: auto (default), always or never"},
	{'a', "holders", VALUE_FLAG(struct list_settings, holders),
	 "show below each segment which processes have it attached"},
	{'c', "count", VALUE_FLAG(struct list_settings, request.count),
	 "print how many, and no more"},
	{'t', "total", VALUE_FLAG(struct list_settings, request.total),
	 "add a sum to the table or the JSON document"},
	{0},
};

/* Colour on a terminal, unless NO_COLOR (no-color.org) or TERM=dumb forbid it. */
static bool wants_colour(enum when when)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	if (when != WHEN_AUTO)
		return when == WHEN_ALWAYS;
	return isatty(STDOUT_FILENO) && !(no_color && *no_color) && term && *term &&
	       strcmp(term, "dumb") != 0;
}

/* Returns 0, or EXIT_USAGE after a message. */
static int choose_output(const struct list_settings *settings, struct output *output)
{
	const bool formats[] = {
		[OUTPUT_JSON] = settings->json,
		[OUTPUT_JSON_LINES] = settings->json_lines,
		[OUTPUT_RAW] = settings->raw,
		[OUTPUT_CSV] = settings->csv,
		[OUTPUT_PAIRS] = settings->pairs,
	};

	*output = (struct output){
		.columns = settings->all_columns     ? columns_all()
			   : settings->columns.count ? settings->columns
						     : columns_default(),
		.bytes = settings->bytes,
		.no_headings = settings->no_headings,
		.no_truncate = settings->no_truncate,
		.colour = wants_colour(settings->colour),
		.holders = settings->holders,
	};
	for (enum output_format f = OUTPUT_JSON; f <= OUTPUT_PAIRS; f++) {
		if (!formats[f])
			continue;
		if (output->format != OUTPUT_TABLE)
			return usage_error(
				"--json, --json-lines, --raw, --pairs and --csv "
				"exclude each other");
		output->format = f;
	}
	if (settings->request.count &&
	    (output->format != OUTPUT_TABLE || settings->request.total))
		return usage_error(
			"--count prints a number, in no format and without --total");
	if (settings->request.total && output->format > OUTPUT_JSON)
		return usage_error("--total goes with the table and with --json");
	if (settings->holders && output->format != OUTPUT_TABLE)
		columns_add_holders(&output->columns);
	return selection_check(&settings->request.filter);
}

static int list_run(void *argument)
{
	const struct list_settings *settings = argument;
	struct output output;
	int status = choose_output(settings, &output);

	return status ? status : listing_run(&settings->request, &output);
}

const struct command command_list = {
	.name = "list",
	.alias = "ls",
	.summary = "show the shared memory segments, whose they are and in which state",
	.operands = {"[SEGMENT]...", 0, INT_MAX,
		     VALUE_SEGMENT(struct list_settings, request.segments)},
	.options = options,
	.more_help = columns_help,
	.defaults = &defaults,
	.size = sizeof(struct list_settings),
	.privileges = PRIVILEGE_SYS_PTRACE | PRIVILEGE_DAC_READ_SEARCH |
		      PRIVILEGE_CHECKPOINT_RESTORE,
	.may = MAY_SEE_PROCESSES,
	.run = list_run,
};

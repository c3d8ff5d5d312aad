/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shmtool list: the segments of this IPC namespace, a row each. */
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/attach.h"
#include "lib/procfs.h"
#include "lib/survey.h"

#include "command.h"
#include "names.h"
#include "output.h"
#include "privilege.h"
#include "report.h"
#include "selection.h"
#include "sort.h"

struct list_settings {
	struct selectors segments; /* none: all */
	struct filter filter;
	struct sort_keys sort;
	struct columns columns; /* none: the default */
	bool all_columns, bytes, no_headings, no_truncate;
	bool json, json_lines, raw, csv, pairs;
	bool holders, count, total;
	enum when colour;
};

static const struct list_settings defaults = {.filter = FILTER_ALL};

static const struct option_row options[] = {
	SELECTION_OPTIONS(struct list_settings, filter),
	{'x', "sort", VALUE_SORT(struct list_settings, sort),
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
	{'c', "count", VALUE_FLAG(struct list_settings, count),
	 "print how many, and no more"},
	{'t', "total", VALUE_FLAG(struct list_settings, total),
	 "add a sum to the table or the JSON document"},
	{0},
};

/* What list_run() works with. */
struct listing {
	const struct list_settings *settings;
	struct survey *survey; /* elsewhere: it is large, and not to be cleared */
	struct names names;
	struct output output;
	struct total total;
	bool *met;  /* which operands have been */
	int status; /* of what was done all the same */

	/* Where order or holders must be known first: all, and row by row. */
	struct findings findings;
	struct attachment *attachments;
	struct row *rows;
};

/* Colour on a terminal, unless NO_COLOR (no-color.org) or TERM=dumb forbid it. */
static bool wants_colour(enum when when)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	if (when != WHEN_AUTO)
		return when == WHEN_ALWAYS;
	return isatty(STDOUT_FILENO) && !(no_color && *no_color) && term &&
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
	if (settings->filter.private_only && settings->filter.keyed_only)
		return usage_error("--private and --keyed exclude each other");
	if (settings->count && (output->format != OUTPUT_TABLE || settings->total))
		return usage_error(
			"--count prints a number, in no format and without --total");
	if (settings->total && output->format > OUTPUT_JSON)
		return usage_error("--total goes with the table and with --json");
	if (settings->holders && output->format != OUTPUT_TABLE)
		columns_add_holders(&output->columns);
	return 0;
}

/* Whether the segment is among the operands, if there are any. */
static bool is_named(struct listing *listing, const struct segment *segment)
{
	const struct selectors *named = &listing->settings->segments;
	bool is = named->count == 0;

	for (size_t i = 0; i < named->count; i++)
		if (selector_matches(&named->item[i], segment))
			listing->met[i] = is = true;
	return is;
}

/* Add what may be unknown, and what may be too much: then so is the sum. */
static void add(uint64_t *sum, uint64_t bytes)
{
	if (*sum == SEGMENT_UNKNOWN || bytes == SEGMENT_UNKNOWN ||
	    __builtin_add_overflow(*sum, bytes, sum))
		*sum = SEGMENT_UNKNOWN;
}

static void add_to_total(struct total *total, const struct segment *segment)
{
	total->segments++;
	add(&total->size, segment->size);
	add(&total->rss, segment->rss);
	add(&total->swap, segment->swap);
}

/* Returns 0, or -1 after a message, as all that follow. */
static int show(struct listing *listing, const struct row *row)
{
	add_to_total(&listing->total, &row->finding->segment);
	if (listing->settings->count || output_row(&listing->output, row) == 0)
		return 0;
	warn(NULL);
	return -1;
}

static bool sorts_by(const struct sort_keys *sort, const struct column *column)
{
	for (unsigned int i = 0; i < sort->count; i++)
		if (sort->item[i].column == column)
			return true;
	return false;
}

static bool is_wanted(const struct listing *listing, const char *name)
{
	const struct column *column = column_find(name, strlen(name));

	return columns_have(&listing->output.columns, column) ||
	       sorts_by(&listing->settings->sort, column);
}

static bool needs_holders(const struct listing *listing)
{
	if (listing->settings->count)
		return listing->settings->filter.pid;
	return listing->settings->holders || listing->settings->filter.pid ||
	       is_wanted(listing, "HOLDERS");
}

/*
 * Go through all segments. Those that are wanted are shown at once; or kept, where that
 * cannot be said or done before all are known. Whether a process holds one is found
 * later: until then whatever is attached passes.
 */
static int scan_all(struct listing *listing, bool at_once)
{
	struct finding finding;
	struct row row = {&finding, &listing->names, NULL};
	int got, result = 0;

	while (result == 0 && !ferror(stdout) &&
	       (got = survey_next(listing->survey, &finding)) != 0) {
		if (got < 0) {
			report_survey_failure(listing->survey);
			return -1;
		}
		if (!is_named(listing, &finding.segment) ||
		    !filter_passes(&listing->settings->filter, &finding,
				   finding.segment.nattch))
			continue;
		if (at_once) {
			result = show(listing, &row);
		} else {
			result = findings_add(&listing->findings, &finding);
			if (result)
				warn(NULL);
		}
	}
	return result;
}

static int compare(const void *a, const void *b, void *context)
{
	struct listing *listing = context;

	int order = sort_compare(&listing->settings->sort, a, b);
	const struct row *row_a = a, *row_b = b;

	/* Equal rows stay in the order of the kernel. */
	return order ? order
		     : (row_a->finding > row_b->finding) -
			       (row_a->finding < row_b->finding);
}

static bool is_held_by(const struct attachment *attachment, pid_t pid)
{
	for (size_t i = 0; attachment && i < attachment->holders; i++)
		if (attachment->holder[i].pid == pid)
			return true;
	return false;
}

/* Lines of cells have but the PIDs. */
static bool wants_details(const struct output *output)
{
	return output->format == OUTPUT_TABLE || output->format == OUTPUT_JSON ||
	       output->format == OUTPUT_JSON_LINES;
}

static int find_holders(struct listing *listing)
{
	const struct findings *findings = &listing->findings;
	struct attach_search search = {.processes = &listing->survey->processes,
				       .describe = wants_details(&listing->output)};

	listing->attachments = calloc(findings->count + 1,
				      sizeof(listing->attachments[0]));
	if (!listing->attachments) {
		warn(NULL);
		return -1;
	}
	for (size_t i = 0; i < findings->count; i++) {
		listing->attachments[i].id = findings->item[i].segment.id;
		listing->attachments[i].nattch = findings->item[i].segment.nattch;
	}
	/* Without /proc nobody is visible; that is said for each segment. */
	if (attach_find(&search, listing->attachments, findings->count) &&
	    errno != ENOENT) {
		warn("cannot find all holders");
		listing->status = EXIT_FAILURE;
	}
	if (listing->settings->filter.pid && search.hidden)
		warnx("what process %d holds may not be visible: run as root",
		      listing->settings->filter.pid);
	return 0;
}

/* Show those that were kept, in order. */
static int show_kept(struct listing *listing)
{
	const struct list_settings *settings = listing->settings;
	const struct findings *findings = &listing->findings;

	if (needs_holders(listing) && find_holders(listing))
		return -1;
	listing->rows = calloc(findings->count + 1, sizeof(listing->rows[0]));
	if (!listing->rows) {
		warn(NULL);
		return -1;
	}
	for (size_t i = 0; i < findings->count; i++)
		listing->rows[i] = (struct row){
			&findings->item[i], &listing->names,
			listing->attachments ? &listing->attachments[i] : NULL};
	if (settings->sort.count)
		qsort_r(listing->rows, findings->count, sizeof(listing->rows[0]), compare,
			listing);
	for (size_t i = 0; i < findings->count && !ferror(stdout); i++) {
		const struct row *row = &listing->rows[i];
		const bool holds = is_held_by(row->attachment, settings->filter.pid);

		if (filter_passes(&settings->filter, row->finding, holds) &&
		    show(listing, row))
			return -1;
	}
	return 0;
}

/* The rows, from the first to the end. */
static int list_rows(struct listing *listing)
{
	const struct list_settings *settings = listing->settings;
	const bool at_once = !settings->sort.count && !needs_holders(listing);

	if (!settings->count && output_begin(&listing->output)) {
		warn(NULL);
		return -1;
	}
	if (scan_all(listing, at_once) || (!at_once && show_kept(listing)))
		return -1;
	if (settings->count) {
		printf("%" PRIu64 "\n", listing->total.segments);
		return 0;
	}
	if (output_end(&listing->output, settings->total ? &listing->total : NULL)) {
		warn(NULL);
		return -1;
	}
	return 0;
}

static int report_unmet(const struct listing *listing)
{
	const struct selectors *named = &listing->settings->segments;
	int status = listing->status;

	/* Then not all were looked at; what is wrong is said at the end of every verb. */
	if (ferror(stdout))
		return EXIT_FAILURE;
	for (size_t i = 0; i < named->count; i++)
		if (!listing->met[i]) {
			report_absent(&named->item[i]);
			status = EXIT_FAILURE;
		}
	return status;
}

static int list_run(const void *argument)
{
	const struct list_settings *settings = argument;
	struct survey survey;
	struct listing listing = {.settings = settings, .survey = &survey};
	int status = choose_output(settings, &listing.output);

	if (status)
		return status;
	status = EXIT_FAILURE;
	listing.met = calloc(settings->segments.count + 1, sizeof(listing.met[0]));
	if (!listing.met) {
		warn(NULL);
		return status;
	}
	if (survey_open(&survey, PROCFS_SHM)) {
		report_survey_failure(&survey);
	} else {
		listing.output.now = survey.moment.now;
		/* Creators of what is attached are needed for their names alone. */
		survey.brief = !is_wanted(&listing, "COMMAND");
		if (list_rows(&listing) == 0)
			status = report_unmet(&listing);
	}
	survey_close(&survey);
	output_release(&listing.output);
	attach_release(listing.attachments, listing.findings.count);
	free(listing.attachments);
	free(listing.rows);
	findings_release(&listing.findings);
	names_release(&listing.names);
	free(listing.met);
	return status;
}

const struct command command_list = {
	.name = "list",
	.alias = "ls",
	.summary = "show the shared memory segments, whose they are and in which state",
	.operands = {"[SEGMENT]...", 0, INT_MAX,
		     VALUE_SEGMENT(struct list_settings, segments)},
	.options = options,
	.more_help = columns_help,
	.defaults = &defaults,
	.size = sizeof(struct list_settings),
	.privileges = PRIVILEGE_SYS_PTRACE,
	.run = list_run,
};

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "listing.h"

#include <err.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/attach.h"
#include "lib/procfs.h"
#include "lib/survey.h"

#include "holders.h"
#include "names.h"
#include "output.h"
#include "report.h"

/* What is known, and what is left to do. */
struct listing {
	const struct request *request;
	struct survey *survey; /* elsewhere: it is large, and not to be cleared */
	struct names names;
	struct output *output;
	struct total total;
	bool *met;  /* which operands have been */
	int status; /* of what was done all the same */

	/* Where order or holders must be known first: all, and row by row. */
	struct findings findings;
	struct attachment *attachments;
	struct row *rows;
};

/* Whether the segment is among the operands, if there are any. */
static bool is_named(struct listing *listing, const struct segment *segment)
{
	const struct selectors *named = &listing->request->segments;
	bool is = named->count == 0;

	for (size_t i = 0; i < named->count; i++)
		if (selector_matches(&named->item[i], segment))
			listing->met[i] = is = true;
	return is;
}

/* Returns 0, or -1 after a message, as all that follow. */
static int show(struct listing *listing, const struct row *row)
{
	total_add(&listing->total, &row->finding->segment);
	if (listing->request->count || output_row(listing->output, row) == 0)
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

	return columns_have(&listing->output->columns, column) ||
	       sorts_by(&listing->request->sort, column);
}

static bool needs_holders(const struct listing *listing)
{
	if (listing->request->count)
		return listing->request->filter.pid;
	return listing->output->holders || listing->request->filter.pid ||
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
		    !filter_passes(&listing->request->filter, &finding,
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

/* Equal rows stay in the order of the kernel. */
static int compare(const void *a, const void *b, void *context)
{
	const struct listing *listing = context;
	const struct row *x = a, *y = b;
	int order = sort_compare(&listing->request->sort, x, y);

	return order ? order : (x->finding > y->finding) - (x->finding < y->finding);
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
				       .describe = wants_details(listing->output)};

	listing->attachments = holders_list(findings);
	if (!listing->attachments)
		return -1;
	listing->status = holders_find(&search, listing->attachments, findings->count);
	if (listing->request->filter.pid && search.hidden)
		warnx("what process %d holds may not be visible: run as root",
		      listing->request->filter.pid);
	return 0;
}

/* Show those that were kept, in order. */
static int show_kept(struct listing *listing)
{
	const struct request *request = listing->request;
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
	if (request->sort.count)
		qsort_r(listing->rows, findings->count, sizeof(listing->rows[0]), compare,
			listing);
	for (size_t i = 0; i < findings->count && !ferror(stdout); i++) {
		const struct row *row = &listing->rows[i];
		const bool holds = holders_include(row->attachment, request->filter.pid);

		if (filter_passes(&request->filter, row->finding, holds) &&
		    show(listing, row))
			return -1;
	}
	return 0;
}

/* The rows, from the first to the end. */
static int list_rows(struct listing *listing)
{
	const struct request *request = listing->request;
	const bool at_once = !request->sort.count && !needs_holders(listing);

	if (!request->count && output_begin(listing->output)) {
		warn(NULL);
		return -1;
	}
	if (scan_all(listing, at_once) || (!at_once && show_kept(listing)))
		return -1;
	if (request->count) {
		printf("%" PRIu64 "\n", listing->total.segments);
		return 0;
	}
	if (output_end(listing->output, request->total ? &listing->total : NULL)) {
		warn(NULL);
		return -1;
	}
	return 0;
}

static int report_unmet(const struct listing *listing)
{
	const struct selectors *named = &listing->request->segments;
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

int listing_run(const struct request *request, struct output *output)
{
	struct survey survey;
	struct listing listing = {
		.request = request, .survey = &survey, .output = output};
	int status = EXIT_FAILURE;

	listing.met = calloc(request->segments.count + 1, sizeof(listing.met[0]));
	if (!listing.met) {
		warn(NULL);
		return status;
	}
	if (survey_open(&survey, PROCFS_SHM)) {
		report_survey_failure(&survey);
	} else {
		output->now = survey.moment.now;
		/* Creators of what is attached are needed for their names and PIDs alone. */
		survey.brief = !request->filter.pid && !is_wanted(&listing, "COMMAND");
		if (list_rows(&listing) == 0)
			status = report_unmet(&listing);
	}
	report_silent(&survey.processes);
	survey_close(&survey);
	output_release(output);
	attach_release(listing.attachments, listing.findings.count);
	free(listing.attachments);
	free(listing.rows);
	findings_release(&listing.findings);
	names_release(&listing.names);
	free(listing.met);
	return status;
}

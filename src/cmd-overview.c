/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shmtool without a verb: how much there is, in which states, and what to look at next. */
#include <err.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/fence-record.h"
#include "lib/limits.h"
#include "lib/procfs.h"
#include "lib/survey.h"

#include "command.h"
#include "format.h"
#include "output.h"
#include "privilege.h"
#include "report.h"
#include "sandbox.h"
#include "table.h"

#define STATES (STATE_ORPHAN + 1)
#define NEAR 8000 /* hundredths of a per cent */

/*
 * What there is, and whether a removal that was killed may have left segments closed.
 * Returns 0, or -1 after a message.
 */
static int count(struct total states[static STATES], struct total *all, bool *left)
{
	struct survey survey;
	struct finding finding;
	int got;

	if (survey_open(&survey, PROCFS_SHM)) {
		report_survey_failure(&survey);
		return -1;
	}
	survey.brief = true;
	while ((got = survey_next(&survey, &finding)) > 0) {
		total_add(&states[finding.verdict.state], &finding.segment);
		total_add(all, &finding.segment);
		*left |= fence_record_is_left(&finding.segment);
	}
	if (got < 0)
		report_survey_failure(&survey);
	report_silent(&survey.processes);
	survey_close(&survey);
	return got;
}

static void put_size(uint64_t bytes, char text[static FORMAT_ROOM])
{
	if (bytes == SEGMENT_UNKNOWN)
		snprintf(text, FORMAT_ROOM, "-");
	else
		format_size(bytes, text);
}

/* Returns 0, or -1 and errno. */
static int print_states(const struct total states[static STATES])
{
	static const char *const headings[] = {"STATE", "SEGMENTS", "SIZE", "RSS",
					       "MEANING"};
	struct libscols_table *table = table_new_plain(headings, 5,
						       1 << 1 | 1 << 2 | 1 << 3);
	char segments[FORMAT_ROOM], size[FORMAT_ROOM], rss[FORMAT_ROOM];
	int result = table ? 0 : -1;

	for (enum state state = 0; state < STATES && result == 0; state++) {
		const char *const texts[] = {verdict_state_name(state), segments, size,
					     rss, verdict_state_meaning(state)};

		if (!states[state].segments)
			continue;
		format_unsigned(states[state].segments, segments);
		put_size(states[state].size, size);
		put_size(states[state].rss, rss);
		result = table_add_plain(table, texts, 5);
	}
	if (result == 0)
		result = table_print(table);
	table_free(table);
	return result;
}

static void print_sum(const struct total *all)
{
	char size[FORMAT_ROOM], rss[FORMAT_ROOM];

	if (!all->segments) {
		puts("no segments");
		return;
	}
	put_size(all->size, size);
	put_size(all->rss, rss);
	printf("%" PRIu64 " segment%s, %s", all->segments, all->segments == 1 ? "" : "s",
	       size);
	if (all->rss != SEGMENT_UNKNOWN)
		printf(", of which %s in memory", rss);
	putchar('\n');
}

/* Those that can be used up, and limit anything. Returns whether one nearly is. */
static bool print_limits(const struct limits *limits)
{
	struct limit_row rows[LIMIT_ROWS];
	bool near = false;

	limits_rows(limits, rows);
	for (unsigned int i = 0; i < 2; i++) {
		const struct limit_row *row = &rows[i];

		if (row->percent == LIMITS_UNKNOWN || limit_is_none(row))
			continue;
		printf("%" PRIu64 " of at most %" PRIu64 " %s (%s): %" PRIu64 "%%\n",
		       row->used, row->limit,
		       row->unit == UNIT_PAGES ? "pages" : "segments", row->name,
		       row->percent / 100);
		near |= row->percent >= NEAR;
	}
	return near;
}

static void suggest(const char **gap, const char *words, const char *why)
{
	printf("%s shmtool %-28s %s\n", *gap, words, why);
	*gap = "     ";
}

static void print_next(const struct total states[static STATES], const struct total *all,
		       bool near, bool left)
{
	const char *gap = "\nnext:";

	if (left)
		suggest(&gap, "gc",
			"open what a removal that was killed has left closed");
	if (states[STATE_ORPHAN].segments)
		suggest(&gap, "gc --dry-run", "what would be removed, and why");
	if (states[STATE_DEST].segments)
		suggest(&gap, "list --state dest --holders", "who holds what is to go");
	if (near)
		suggest(&gap, "limits", "who has most");
	if (all->segments)
		suggest(&gap, "list", "each of them");
	suggest(&gap, "help", "all that it can do");
}

static int overview_run(void *argument)
{
	struct total states[STATES] = {{0}}, all = {0};
	struct limits limits;
	bool near, left = false;

	(void)argument;
	if (count(states, &all, &left))
		return EXIT_FAILURE;
	if (limits_read(&limits)) {
		warn("shmctl(SHM_INFO)");
		return EXIT_FAILURE;
	}
	if (all.segments && print_states(states)) {
		warn(NULL);
		return EXIT_FAILURE;
	}
	if (all.segments)
		putchar('\n');
	print_sum(&all);
	near = print_limits(&limits);
	print_next(states, &all, near, left);
	return EXIT_SUCCESS;
}

const struct command command_overview = {
	.name = "shmtool",
	.summary = "show how much there is, in which states, and what to look at next",
	.size = 1,
	.privileges = PRIVILEGE_SYS_PTRACE,
	.may = MAY_SEE_PROCESSES,
	.run = overview_run,
};

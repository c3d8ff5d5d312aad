/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "targets.h"

#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/attach.h"
#include "lib/survey.h"
#include "lib/sysv.h"

#include "format.h"
#include "holders.h"
#include "names.h"
#include "report.h"

bool guards_are_set(const struct guards *guards)
{
	return guards->owner.set || guards->key || guards->size != SEGMENT_UNKNOWN ||
	       guards->ctime >= 0;
}

/* "segment 7: kept: its owner is bob, not alice". */
static void refuse(const struct segment *segment, const char *what, const char *is,
		   const char *wanted)
{
	fprintf(stderr, "%s: segment %d: kept: its %s is ", program_invocation_short_name,
		segment->id, what);
	format_put_safe(is, stderr);
	fputs(", not ", stderr);
	format_put_safe(wanted, stderr);
	fputc('\n', stderr);
}

/* Whether all that is asked for is true of the segment; if not, after a message. */
static bool is_guarded(const struct guards *guards, const struct segment *segment,
		       struct names *names)
{
	char is[FORMAT_ROOM], wanted[FORMAT_ROOM];

	if (guards->owner.set && segment->uid != guards->owner.id) {
		refuse(segment, "owner", names_user(names, segment->uid),
		       names_user(names, guards->owner.id));
		return false;
	}
	if (guards->key && segment->key != guards->key) {
		format_key(segment->key, is);
		format_key(guards->key, wanted);
		refuse(segment, "key", is, wanted);
		return false;
	}
	if (guards->size != SEGMENT_UNKNOWN && segment->size != guards->size) {
		format_unsigned(segment->size, is);
		format_unsigned(guards->size, wanted);
		refuse(segment, "size", is, wanted);
		return false;
	}
	if (guards->ctime >= 0 && segment->ctime != guards->ctime) {
		format_rfc3339(segment->ctime, is);
		format_rfc3339(guards->ctime, wanted);
		refuse(segment, "ctime", is, wanted);
		return false;
	}
	return true;
}

/* The segment that an operand names. Returns 0, or -1 after a message. */
static int find_segment(const struct selector *selector, struct segment *segment)
{
	char name[SELECTOR_ROOM];
	int id = selector->by_key ? sysv_find(selector->key) : selector->id;

	if (id >= 0 && sysv_stat(id, segment) == 0) {
		if (selector_matches(selector, segment))
			return 0;
		errno = ENOENT; /* removed in between, and the id in use again */
	}
	if (errno == ENOENT) {
		report_absent(selector);
	} else {
		selector_text(selector, name);
		warn("%s", name);
	}
	return -1;
}

static bool contains(const struct findings *findings, int id)
{
	for (size_t i = 0; i < findings->count; i++)
		if (findings->item[i].segment.id == id)
			return true;
	return false;
}

int targets_named(const struct selectors *named, const struct guards *guards,
		  struct survey *survey, struct names *names, struct findings *targets)
{
	int status = EXIT_SUCCESS;

	/* All are looked up before one is touched: two names of one are no error. */
	for (size_t i = 0; i < named->count; i++) {
		struct finding finding = {0};

		if (find_segment(&named->item[i], &finding.segment)) {
			status = EXIT_FAILURE;
			continue;
		}
		if (contains(targets, finding.segment.id))
			continue;
		if (!is_guarded(guards, &finding.segment, names)) {
			status = EXIT_FAILURE;
			continue;
		}
		if (survey)
			survey_judge(survey, &finding);
		if (findings_add(targets, &finding)) {
			warn(NULL);
			return EXIT_FAILURE;
		}
	}
	return status;
}

/* Whether one passes that the process holds, or not; in doubt not, after a message. */
static bool is_of_process(const struct filter *filter, const struct finding *finding,
			  bool holds, bool *in_doubt)
{
	if (!filter_passes(filter, finding, holds))
		return false;
	if (holds || !filter_is_in_doubt(filter, finding))
		return true;
	warnx("segment %d: kept: cannot tell whether PID %d is its creator or last user, "
	      "or a younger process: give its id to remove it",
	      finding->segment.id, filter->pid);
	*in_doubt = true;
	return false;
}

/* Of those that may be, keep the ones that the process does have to do with. */
static int keep_those_of_process(const struct filter *filter, struct survey *survey,
				 struct findings *targets)
{
	struct attach_search search = {.processes = &survey->processes};
	const size_t count = targets->count;
	struct attachment *held = holders_list(targets);
	bool in_doubt = false;

	if (!held)
		return -1;
	holders_find(&search, held, count);
	targets->count = 0;
	for (size_t i = 0; i < count; i++)
		if (is_of_process(filter, &targets->item[i],
				  holders_include_verified(&held[i], filter->pid),
				  &in_doubt))
			targets->item[targets->count++] = targets->item[i];
		else if (holders_include(&held[i], filter->pid))
			warnx("segment %d: left out: that process %d has it attached is not proven: run as root",
			      targets->item[i].segment.id, filter->pid);
	attach_release(held, count);
	free(held);
	return in_doubt;
}

int targets_selected(const struct filter *filter, bool unused, struct survey *survey,
		     struct findings *targets)
{
	struct finding finding;
	int got;

	while ((got = survey_next(survey, &finding)) > 0) {
		if ((unused && finding.segment.nattch) ||
		    !filter_passes(filter, &finding, finding.segment.nattch))
			continue;
		if (findings_add(targets, &finding)) {
			warn(NULL);
			return -1;
		}
	}
	if (got < 0)
		report_survey_failure(survey);
	else if (filter->pid)
		return keep_those_of_process(filter, survey, targets);
	return got;
}

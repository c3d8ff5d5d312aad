/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report.h"

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/procfs.h"
#include "lib/select.h"
#include "lib/survey.h"

#include "format.h"
#include "names.h"

void report_scan_failure(const struct scan *scan)
{
	if (errno == EBADMSG)
		warnx(PROCFS_SHM ": line %lu is truncated or garbage", scan->line);
	else if (errno == ENOSYS)
		warnx("this kernel has no System V shared memory");
	else
		warn("%s", scan->slot ? "shmctl(SHM_STAT_ANY)" : PROCFS_SHM);
}

void report_survey_failure(const struct survey *survey)
{
	report_scan_failure(&survey->scan);
}

void report_silent(const struct processes *processes)
{
	const size_t unasked = processes->unasked;

	for (size_t i = 0; i < PROCESSES_SILENT && processes->silent[i]; i++)
		warnx("PID %d does not answer: it counts as running, and what it has attached is unknown",
		      (int)processes->silent[i]);
	if (unasked)
		warnx("%zu other process%s not asked: %s as running", unasked,
		      unasked == 1 ? " was" : "es were",
		      unasked == 1 ? "it counts" : "they count");
}

void report_absent(const struct selector *selector)
{
	char name[SELECTOR_ROOM];

	selector_text(selector, name);
	warnx("%s: no such segment%s", name,
	      selector->by_key
		      ? " (one that is marked dest has lost its key: give its id)"
		      : "");
}

void report_ruling(const struct policy *policy, const struct finding *finding,
		   enum rule rule, char text[static VERDICT_ROOM])
{
	const int64_t age = policy_age_limit(policy, finding);
	char limit[FORMAT_ROOM], *end;
	size_t room;

	policy_explain(policy, finding, rule, text, VERDICT_ROOM);
	end = strchr(text, '\0');
	room = VERDICT_ROOM - (size_t)(end - text);
	if (rule == RULE_SYSTEM)
		snprintf(end, room, " (see --system)");
	if (rule == RULE_LOCKED)
		snprintf(end, room, " (see --locked)");
	if (rule == RULE_KEYED)
		snprintf(end, room, " (see --keyed)");
	if (rule == RULE_YOUNG) {
		format_duration(age, limit);
		snprintf(end, room, ": %s (see --%solder-than)", limit,
			 finding->segment.key && age == policy->keyed_older_than
				 ? "keyed-"
				 : "");
	}
}

void report_segment(const char *done, const struct finding *finding, struct names *names,
		    const char *why)
{
	const struct segment *segment = &finding->segment;
	char key[FORMAT_ROOM] = "private", text[FORMAT_ROOM];

	if (segment->key)
		format_key(segment->key, key);
	else if (segment->dest)
		strcpy(key, "key lost");
	format_size(segment->size, text);
	printf("%s segment %d (%s, %s, ", done, segment->id, key, text);
	format_put_safe(names_user(names, segment->uid), stdout);
	if (finding->verdict.idle >= 0) {
		format_duration(finding->verdict.idle, text);
		printf(", idle %s", text);
	}
	fputs("): ", stdout);
	format_put_safe(why, stdout);
	putchar('\n');
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "survey.h"

#include <errno.h>
#include <stdlib.h>

void survey_begin(struct survey *survey)
{
	survey->brief = false;
	survey->moment = moment_present();
	survey->scan.file = NULL;
	survey->count = survey->next = 0;
	survey->end = 1;
	processes_init(&survey->processes, &survey->moment);
}

int survey_open(struct survey *survey, const char *table)
{
	survey_begin(survey);
	return scan_open(&survey->scan, table);
}

static void look_up_processes(struct survey *survey, struct finding *finding)
{
	const struct segment *segment = &finding->segment;
	const int64_t alive = segment_newest_stamp(segment);

	if (segment->cpid)
		finding->creator = *processes_find(&survey->processes, segment->cpid,
						   alive);
	if (segment->lpid == segment->cpid)
		finding->last = finding->creator;
	else if (segment->lpid)
		finding->last = *processes_find(&survey->processes, segment->lpid, alive);
}

/* Whether the processes of a segment are asked for. */
static bool needs_processes(const struct survey *survey, const struct segment *segment)
{
	return !survey->brief || !segment->nattch;
}

void survey_judge(struct survey *survey, struct finding *finding)
{
	if (needs_processes(survey, &finding->segment))
		look_up_processes(survey, finding);
	finding->verdict = verdict_judge(finding, &survey->moment);
}

/* Learn of all at once who the processes of the next segments are. */
static void learn_processes(struct survey *survey)
{
	pid_t pids[2 * SURVEY_AHEAD];
	size_t count = 0;

	for (size_t i = 0; i < survey->count; i++) {
		const struct segment *segment = &survey->ahead[i];

		if (!needs_processes(survey, segment))
			continue;
		if (segment->cpid)
			pids[count++] = segment->cpid;
		if (segment->lpid && segment->lpid != segment->cpid)
			pids[count++] = segment->lpid;
	}
	processes_learn(&survey->processes, pids, count);
}

static void scan_ahead(struct survey *survey)
{
	survey->count = survey->next = 0;
	while (survey->count < SURVEY_AHEAD && survey->end > 0) {
		survey->end = scan_next(&survey->scan, &survey->ahead[survey->count]);
		survey->count += survey->end > 0;
	}
	survey->error = errno;
	learn_processes(survey);
}

int survey_next(struct survey *survey, struct finding *finding)
{
	if (survey->next == survey->count && survey->end > 0)
		scan_ahead(survey);
	if (survey->next == survey->count) {
		errno = survey->error;
		return survey->end;
	}
	*finding = (struct finding){.segment = survey->ahead[survey->next++]};
	survey_judge(survey, finding);
	return 1;
}

void survey_close(struct survey *survey)
{
	scan_close(&survey->scan);
	processes_release(&survey->processes);
}

int findings_add(struct findings *findings, const struct finding *finding)
{
	size_t room = findings->room ? 2 * findings->room : 64;
	struct finding *item = findings->item;

	if (findings->count == findings->room) {
		item = reallocarray(item, room, sizeof(item[0]));
		if (!item)
			return -1;
		findings->item = item;
		findings->room = room;
	}
	item[findings->count++] = *finding;
	return 0;
}

uint64_t findings_size(const struct findings *findings)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < findings->count; i++)
		sum = segment_sum(sum, findings->item[i].segment.size);
	return sum;
}

void findings_release(struct findings *findings)
{
	free(findings->item);
	*findings = (struct findings){0};
}

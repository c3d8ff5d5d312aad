/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "survey.h"

#include <stdlib.h>

void survey_begin(struct survey *survey)
{
	survey->brief = false;
	survey->moment = moment_present();
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

void survey_judge(struct survey *survey, struct finding *finding)
{
	if (!survey->brief || !finding->segment.nattch)
		look_up_processes(survey, finding);
	finding->verdict = verdict_judge(finding, &survey->moment);
}

int survey_next(struct survey *survey, struct finding *finding)
{
	int got;

	*finding = (struct finding){0};
	got = scan_next(&survey->scan, &finding->segment);
	if (got > 0)
		survey_judge(survey, finding);
	return got;
}

void survey_close(struct survey *survey)
{
	scan_close(&survey->scan);
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

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source.h"

#include <err.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "lib/attach.h"
#include "lib/fence.h"
#include "lib/survey.h"

#include "attaching.h"
#include "part.h"

/* Through one of those who have it attached: nothing about the segment changes then. */
static int borrow(struct content *content, const struct segment *segment)
{
	struct attachment held = {
		.id = segment->id, .nattch = segment->nattch, .segment = segment};
	struct attach_search search = {0};
	struct survey survey;
	int result = -1;

	if (segment->nattch == 0)
		return -1;
	survey_begin(&survey);
	search.processes = &survey.processes;
	if (attach_find(&search, &held, 1) == 0)
		for (size_t i = 0; result && i < held.holders; i++)
			result = held.holder[i].pid ? content_borrow(content, segment,
								     held.holder[i].pid)
						    : -1;
	attach_release(&held, 1);
	survey_close(&survey);
	return result;
}

static int open_one(struct source *source, const struct segment *segment,
		    const struct window *window, bool may_borrow, int *patience)
{
	source->window = *window;
	if (part_fit(&source->window, segment))
		return -1;
	if (may_borrow && borrow(&source->content, segment) == 0)
		return 0;
	return attaching_open(&source->content, segment, false, patience);
}

/*
 * Each of them may have a file, for all of them are open at once: as many files as is
 * allowed. The limit that is usual is for programs that use select(2).
 */
static void allow_files(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

int sources_open(struct sources *sources, const struct findings *segments,
		 const struct window *window, bool may_borrow)
{
	int result = 0, patience = FENCE_PATIENCE;

	sources->item = calloc(segments->count + !segments->count, sizeof(struct source));
	if (!sources->item) {
		warn(NULL);
		return -1;
	}
	allow_files();
	for (size_t i = 0; i < segments->count; i++) {
		struct source *source = &sources->item[sources->count];

		if (open_one(source, &segments->item[i].segment, window, may_borrow,
			     &patience)) {
			result = -1;
			continue;
		}
		sources->count++;
		sources->length += source->window.length;
	}
	return result;
}

void sources_say(const struct sources *sources)
{
	for (size_t i = 0; i < sources->count; i++) {
		const struct content *content = &sources->item[i].content;

		if (!content->at)
			warnx("segment %d: read through a process that has it attached",
			      content->segment.id);
		else
			warnx("segment %d: attached to read it: its idle time begins anew, and its last user is PID %d",
			      content->segment.id, (int)getpid());
	}
}

void sources_close(struct sources *sources)
{
	for (size_t i = 0; i < sources->count; i++)
		content_close(&sources->item[i].content);
	free(sources->item);
	*sources = (struct sources){0};
}

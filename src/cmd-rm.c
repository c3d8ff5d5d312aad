/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shmtool rm: remove the segments that are named, in use or not, and say which it was. */
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/reap.h"
#include "lib/segment.h"
#include "lib/sysv.h"

#include "command.h"
#include "option.h"
#include "privilege.h"
#include "report.h"
#include "value.h"

struct rm_settings {
	struct selectors segments;
};

static const struct option_row options[] = {
	{'m', "id", VALUE_SEGMENT_ID(struct rm_settings, segments),
	 "the segment with this id; may be repeated"},
	{'M', "key", VALUE_SEGMENT_KEY(struct rm_settings, segments),
	 "the segment with this key; may be repeated"},
	{0},
};

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

/* Remove one and say what happened. Returns 0, or -1 if it is not on its way out. */
static int remove_segment(const struct segment *segment)
{
	struct segment now;

	switch (reap_segment(segment, false, &now)) {
	case REAPED_REMOVED:
		printf("segment %d: removed\n", segment->id);
		return 0;
	case REAPED_MARKED:
		printf("segment %d: marked, %" PRIu64 " attach%s\n", segment->id,
		       now.nattch, now.nattch == 1 ? " remains" : "es remain");
		return 0;
	case REAPED_ABSENT:
		warnx("segment %d: somebody else has just removed it", segment->id);
		return -1;
	case REAPED_CHANGED:
	case REAPED_USED:
		warnx("segment %d: kept, for it has just been changed: look again",
		      segment->id);
		return -1;
	default:
		warn("segment %d", segment->id);
		return -1;
	}
}

static bool contains(const struct segment *segments, size_t count, int id)
{
	for (size_t i = 0; i < count; i++)
		if (segments[i].id == id)
			return true;
	return false;
}

static int rm_run(const void *argument)
{
	const struct rm_settings *settings = argument;
	const struct selectors *named = &settings->segments;
	struct segment *found = calloc(named->count, sizeof(found[0]));
	int status = EXIT_SUCCESS;
	size_t count = 0;

	if (!found) {
		warn(NULL);
		return EXIT_FAILURE;
	}
	/* All are looked up before one goes, so that two names of one are no error. */
	for (size_t i = 0; i < named->count; i++) {
		if (find_segment(&named->item[i], &found[count]))
			status = EXIT_FAILURE;
		else if (!contains(found, count, found[count].id))
			count++;
	}
	for (size_t i = 0; i < count; i++)
		if (remove_segment(&found[i]))
			status = EXIT_FAILURE;
	free(found);
	return status;
}

const struct command command_rm = {
	.name = "rm",
	.alias = "remove",
	.summary = "remove segments, or mark those in use to go with their last attach",
	.operands = {"SEGMENT...", 1, INT_MAX,
		     VALUE_SEGMENT(struct rm_settings, segments)},
	.options = options,
	.size = sizeof(struct rm_settings),
	.privileges = PRIVILEGE_SYS_ADMIN,
	.run = rm_run,
};

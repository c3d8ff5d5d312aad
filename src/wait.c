/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wait.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "lib/attach.h"
#include "lib/survey.h"
#include "lib/sysv.h"

#include "holders.h"
#include "removal.h"

/* Of the clock that nobody sets. */
static int64_t seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

static void report_rest(const struct removal *removal, const struct segment *now)
{
	struct attach_search search = {.processes = &removal->survey->processes,
				       .describe = true};
	struct attachment held = {.id = now->id, .nattch = now->nattch, .segment = now};

	holders_find(&search, &held, 1);
	fprintf(stderr, "%s: segment %d: still there: ", program_invocation_short_name,
		now->id);
	holders_put_rest(&held, stderr);
	attach_release(&held, 1);
}

/* Who has it attached can still change its mode and owner, and with them its ctime. */
static bool is_gone(const struct segment *marked, struct segment *now)
{
	if (sysv_stat(marked->id, now))
		return errno == ENOENT;
	return !now->dest || !segment_remains(marked, now);
}

/* No call waits for that. */
static int wait_for_one(const struct removal *removal, const struct segment *marked,
			int64_t until)
{
	const struct timespec interval = {.tv_nsec = 50 * 1000 * 1000};
	struct segment now = *marked;

	while (!is_gone(marked, &now)) {
		if (seconds_now() >= until) {
			report_rest(removal, &now);
			return EXIT_FAILURE;
		}
		nanosleep(&interval, NULL);
	}
	printf("segment %d: gone\n", marked->id);
	fflush(stdout);
	return EXIT_SUCCESS;
}

int wait_for_end(const struct removal *removal, int64_t seconds)
{
	int status = EXIT_SUCCESS;
	int64_t until;

	fflush(stdout); /* it has been said who is waited for */
	if (__builtin_add_overflow(seconds_now(), seconds, &until))
		until = INT64_MAX;
	for (size_t i = 0; i < removal->count; i++)
		if (removal->batch[i].outcome == REAPED_MARKED &&
		    wait_for_one(removal, &removal->batch[i].now, until))
			status = EXIT_FAILURE;
	return status;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a new segment needs besides, once it is there, until others may use it. */
#ifndef SHMTOOL_COMPLETE_H
#define SHMTOOL_COMPLETE_H

#include <stdbool.h>
#include <sys/types.h>

#include "lib/change.h"
#include "lib/sysv.h"

struct filling;
struct segment;

/* All that is asked for. */
struct wanted {
	struct sysv_request request;
	struct wish wish; /* owner, group and lock; not the mode, which the request has */
	bool populate;	  /* every page is there */
	struct filling *filling; /* what it begins with, measured; or NULL */
};

/*
 * The request to begin with: who fills a segment must be allowed to attach it, and nobody
 * else is while there is only a part of its content.
 */
struct sysv_request complete_request(const struct wanted *wanted);

/*
 * Do the rest for the segment that was just made by that request, in the name of a parent
 * process: if that has ended, give up. Returns 0, or -1, then after a message.
 */
int complete(const struct wanted *wanted, const struct segment *made, pid_t parent);

#endif

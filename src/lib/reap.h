/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Removing segments, and never another than the one that was meant. */
#ifndef SHMTOOL_REAP_H
#define SHMTOOL_REAP_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

#include "segment.h"

enum reaped {
	REAPED_REMOVED, /* destroyed */
	REAPED_MARKED,	/* attached: goes with the last of its attaches */
	REAPED_ABSENT,	/* it was gone before */
	REAPED_CHANGED, /* kept: the id names another segment, or this one was changed */
	REAPED_USED,	/* kept: somebody has it attached, or had since it was seen */
	REAPED_STRAY, /* kept, or gone; but another segment with its id was hit: see now */
	REAPED_FAILED, /* see error */
};

/* A segment that is to be removed, and what became of it. */
struct reaping {
	struct segment seen; /* in: what was meant, as it was judged */
	struct segment now;  /* out: as it was seen last */
	enum reaped outcome; /* out */
	bool done;	     /* out: IPC_RMID was, even if the look after it has failed */
	int error;	     /* out: errno of REAPED_FAILED */
};

/*
 * Remove a segment. What the id names is looked at again right before IPC_RMID, and kept
 * unless it is the same (segment_same()); with unused also unless nobody has it attached
 * or has touched it since (segment_untouched()). But who attaches it after that look is
 * too late to save it: it is marked then. Errors: EPERM as sysv_remove(), or what a
 * security module makes of a look.
 */
void reap(struct reaping *reaping, bool unused);

/*
 * Remove those that are unused, as above, with a fence around them (fence.h): none is
 * marked, but where a process with CAP_IPC_OWNER attaches it in the last instant. Any
 * other that tries meanwhile is refused (EACCES): for some hundredths of a second, and as
 * long as it takes to free the memory of them all.
 *
 * REAPED_STRAY: in the instant between a look and a call that closes or opens a segment,
 * another one got its id. It was given back to its creator (aimed.h).
 *
 * all_mapped: the caller's user namespace has a number for everybody. Else the fence could
 * give away what belongs to somebody without (aimed_set()): EOVERFLOW.
 *
 * patience: for the lock of fences (fence_lock()).
 *
 * Signals are blocked afterwards, so that the caller can record what was done before he
 * sets them as they were *before (fence_begin()).
 *
 * Returns 1; or 0 if all is done, but membarrier(2) is not available (fence_settle()); or
 * -1 and errno, as fence_begin(): then nothing was touched.
 */
int reap_fenced(struct reaping *batch, size_t count, bool all_mapped, int *patience,
		sigset_t *before);

#endif

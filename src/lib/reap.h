/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Removing segments, and never another than the one that was meant. */
#ifndef SHMTOOL_REAP_H
#define SHMTOOL_REAP_H

#include <stdbool.h>

struct segment;

enum reaped {
	REAPED_REMOVED, /* destroyed */
	REAPED_MARKED,	/* attached: goes with the last of its attaches */
	REAPED_ABSENT,	/* it was gone before */
	REAPED_CHANGED, /* kept: the id names another segment, or this one was changed */
	REAPED_USED,	/* kept: somebody has it attached, or had since it was seen */
};

/*
 * Remove the segment that was seen earlier. What the id names is looked at again
 * right before IPC_RMID, and kept unless it is the same (segment_same()); with
 * unused also unless nobody has it attached or has touched it since
 * (segment_untouched()). *now is what was seen last. Returns an enum reaped, or -1
 * and errno: EPERM as sysv_remove(), or what a security module makes of a look.
 */
int reap_segment(const struct segment *seen, bool unused, struct segment *now);

#endif

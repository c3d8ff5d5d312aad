/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What set changes in a segment, and why it could not, in words. */
#ifndef SHMTOOL_CHANGES_H
#define SHMTOOL_CHANGES_H

#include <stdbool.h>
#include <stdio.h>

struct changing;
struct names;
struct segment;

/* "mode 0600 -> 0640, owner alice -> bob", and the end of the line. */
void changes_put(const struct segment *before, const struct segment *after,
		 struct names *names, FILE *file);

/*
 * The message of another segment that had the id when it was set, as it is now
 * (lib/aimed.h).
 */
void changes_report_stray(const struct segment *stray, struct names *names);

/*
 * A message, unless the change was made or nothing was to change. may_lock: the kernel
 * lets the caller lock this segment, unless a limit is in the way.
 */
void changes_complain(const struct changing *changing, bool may_lock,
		      struct names *names);

#endif

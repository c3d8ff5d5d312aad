/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A segment that is to be written to: whether it may be, and attached. */
#ifndef SHMTOOL_WRITABLE_H
#define SHMTOOL_WRITABLE_H

#include <stdbool.h>

struct content;
struct names;
struct segment;

/* Both return 0, or EXIT_FAILURE after a message. */

/*
 * Whether the caller may write to it, as far as can be said without attaching it, which
 * changes it. Where its permissions say no that is tried, if try: they may be those behind
 * the fence of a removal.
 */
int writable_check(const struct segment *segment, struct names *names, bool try);

/* Attach it. If it is another by now it is left as it is. */
int writable_open(struct content *content, const struct segment *segment,
		  struct names *names);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* To attach a segment, or to say why not. All return 0, or -1 after a message. */
#ifndef SHMTOOL_ATTACHING_H
#define SHMTOOL_ATTACHING_H

#include <stdbool.h>

struct content;
struct segment;

/*
 * Attach it, as content_open(); but not while a removal has closed it. If it is another
 * by now it is left as it is. If that makes the kernel forget a last user that may be using
 * it still, a message says so before. patience: FENCE_PATIENCE at first, for all of a run.
 */
int attaching_open(struct content *content, const struct segment *segment, bool writable,
		   int *patience);

/*
 * Whether the caller may write to it, as far as can be said without attaching it, which
 * changes it. Where its permissions say no that is tried, if try: they may be those behind
 * the fence of a removal.
 */
int attaching_check(const struct segment *segment, bool try);

#endif

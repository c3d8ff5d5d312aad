/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a segment has data and where it has holes, which read as zeros. */
#ifndef SHMTOOL_EXTENT_H
#define SHMTOOL_EXTENT_H

#include <stdbool.h>
#include <stdint.h>

struct content;

struct extent {
	uint64_t offset, length; /* bytes */
	bool data; /* it may have data; else it had none when it was looked at */
};

/* How much residency_look() is asked for at a time: 128 MiB of the smallest pages. */
enum { EXTENT_PAGES = 32768 };

struct extents {
	const struct content *content;
	uint64_t next, end; /* of what is still to come */

	uint64_t window, window_end; /* what the pages below are of; equal: of nothing */
	bool unknown;		     /* it cannot be told what is in the window */
	unsigned char pages[EXTENT_PAGES];
};

/* Get ready for length bytes from offset on, all of them in the segment. */
void extents_begin(struct extents *extents, const struct content *content,
		   uint64_t offset, uint64_t length);

/*
 * The next one; they are in order and leave nothing out. To look does not make the
 * segment grow. Returns false at the end.
 */
bool extents_next(struct extents *extents, struct extent *extent);

#endif

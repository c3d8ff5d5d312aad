/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of a segment that is meant: all of it, if nothing else is said. */
#ifndef SHMTOOL_PART_H
#define SHMTOOL_PART_H

#include "lib/window.h"

struct segment;

#define PART_WHOLE                    \
	{                             \
		.length = WINDOW_REST \
	}

/*
 * Rows that fill the struct window in this field of the settings: what is done from the
 * first byte of it on, and to so many bytes.
 */
#define PART_OPTIONS(settings, window, from, many)                  \
	{0, "offset", VALUE_SIZE(settings, window.offset),          \
	 from " this byte on (default 0)"},                         \
	{                                                           \
		0, "length", VALUE_SIZE(settings, window.length),   \
			many " so many bytes (default: to the end)" \
	}

/*
 * Make of WINDOW_REST what it is in the segment. Returns 0; or -1 after a message: it does
 * not have all of the window.
 */
int part_fit(struct window *window, const struct segment *segment);

#endif

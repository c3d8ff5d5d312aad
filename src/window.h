/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of a segment that is meant: all of it, if nothing else is said. */
#ifndef SHMTOOL_WINDOW_H
#define SHMTOOL_WINDOW_H

#include <stdint.h>

struct segment;

struct window {
	uint64_t offset, length; /* bytes; length WINDOW_REST: up to the end */
};

#define WINDOW_REST UINT64_MAX

/* Rows that fill the struct window in this field of the settings; what is done there. */
#define WINDOW_OPTIONS(settings, window, verb)                           \
	{0, "offset", VALUE_SIZE(settings, window.offset),               \
	 verb " from this byte on; without it, from the first"},         \
	{                                                                \
		0, "length", VALUE_SIZE(settings, window.length),        \
			verb " so many bytes; without it, up to the end" \
	}

/*
 * Whether the segment has all of the window; *length is how long that is. Returns 0, or -1
 * after a message.
 */
int window_check(const struct window *window, const struct segment *segment,
		 uint64_t *length);

#endif

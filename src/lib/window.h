/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A part of a segment, or of anything else that has so many bytes. Pure. */
#ifndef SHMTOOL_WINDOW_H
#define SHMTOOL_WINDOW_H

#include <stdint.h>

struct window {
	uint64_t offset, length; /* bytes; WINDOW_REST: to the end */
};

#define WINDOW_REST UINT64_MAX

/*
 * Make of WINDOW_REST what it is in so many bytes. Returns 0, or -1: ERANGE if the window
 * is not all inside.
 */
int window_fit(struct window *window, uint64_t size);

#endif

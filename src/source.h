/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The segments that cat reads, all of them ready before the first byte is read. */
#ifndef SHMTOOL_SOURCE_H
#define SHMTOOL_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/content.h"
#include "lib/window.h"

struct findings;
struct names;

struct source {
	struct content content;
	struct window window; /* what of it is meant */
};

struct sources {
	struct source *item;
	size_t count;
	uint64_t length; /* of all together */
};

/*
 * Open the windows of all segments. One that somebody has attached is read through him, if
 * borrow, and if that is allowed; others are attached, which verbose says. Returns 0; or
 * -1 after a message, with those open that could be opened.
 */
int sources_open(struct sources *sources, const struct findings *segments,
		 const struct window *window, bool borrow);

/* Say on stderr what has become of those that nobody had attached. */
void sources_say(const struct sources *sources);

void sources_close(struct sources *sources);

#endif

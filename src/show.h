/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is in a segment, for people. */
#ifndef SHMTOOL_SHOW_H
#define SHMTOOL_SHOW_H

#include <stdint.h>
#include <stdio.h>

#include "lib/extent.h"

#include "hexdump.h"
#include "texts.h"

struct source;

enum form {
	FORM_RAW, /* not for people: see lib/send.h */
	FORM_HEX,
	FORM_STRINGS,
};

struct show {
	enum form form; /* in: not FORM_RAW */
	FILE *file;	/* in */

	/* Its own. */
	const struct content *content;
	struct extents extents;
	struct extent rest; /* of the extent that is being shown */
	union {
		struct hexdump hexdump;
		struct texts texts;
	};
};

void show_begin(struct show *show, const struct source *source);

/*
 * Show the next piece; holes in one go. Returns its bytes; 0 at the end, or when the file
 * takes no more, which is left in it (ferror(3)); or -1 and errno: EFAULT, content_read().
 */
int64_t show_step(struct show *show);

/* The last line. */
void show_end(struct show *show);

#endif

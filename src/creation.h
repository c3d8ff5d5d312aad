/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A segment for who asks for one: made, or one that is there and does as well. */
#ifndef SHMTOOL_CREATION_H
#define SHMTOOL_CREATION_H

#include <stdbool.h>

#include "lib/fit.h"
#include "lib/segment.h"

#include "make.h"

struct creation {
	/* In. */
	struct wanted wanted;
	struct need need; /* that one must meet that is there */
	bool reuse;	  /* one that has the key */
	/*
	 * One that this file names (id-file.h); or NULL. One that is made for it without a
	 * key gets a random one: it can be found again, and a key is what says so.
	 */
	const char *id_file;
	bool verbose; /* say which, and why */

	/* Out. */
	struct segment segment;

	/* Its own. */
	struct making making;
	bool is_new, is_recorded;
	unsigned int keys; /* that were drawn at random */
};

/*
 * Find it, or make it. Returns 0, or -1 after a message. Signals that ask for an end wait
 * from then on until creation_end(), which is always due.
 */
int creation_begin(struct creation *creation);

/*
 * told: its id has been said. If not, a new segment is removed, as nobody else could ever
 * do that, unless the file has its id.
 */
void creation_end(const struct creation *creation, bool told);

#endif

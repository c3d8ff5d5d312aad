/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is in segments, one after another, to where it is wanted. */
#ifndef SHMTOOL_POUR_H
#define SHMTOOL_POUR_H

#include <stdbool.h>
#include <stdint.h>

#include "progress.h"
#include "show.h"

struct replace;
struct sources;

/* All but what is in begins as zero. */
struct pouring {
	const struct sources *sources; /* in */
	enum form form;		       /* in */
	bool copy;	    /* in: of FORM_RAW, no pages that may still change */
	const char *output; /* in: the name of an empty file; NULL: it is stdout */
	const struct replace *replace; /* in: what that file is to replace; or NULL */
	int to;			       /* in: that file, or stdout */
	bool shows_progress;	       /* in */

	/* Its own. */
	struct progress progress;
	uint64_t done; /* bytes */
};

/*
 * One that fails ends it, for what comes after it has no place. Returns 0, or -1 after a
 * message; for a pipe that nobody reads that is left to the check of stdout.
 */
int pour(struct pouring *pouring);

/* A message that the output could not be written, for the reason in errno. */
void pour_complain(const char *output);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The removal itself, as rm and gc have in common: done, recorded, and who is left. */
#ifndef SHMTOOL_REMOVAL_H
#define SHMTOOL_REMOVAL_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/reap.h"

struct attachment;
struct findings;
struct names;
struct policy;
struct survey;

struct removal {
	/* In. */
	bool unused; /* only those that nobody has attached, and that are as they were */
	bool fence;  /* with a fence around these (lib/reap.h) */
	bool log;
	bool verbose;
	const char *why;	     /* for the log; NULL: what the policy says */
	const struct policy *policy; /* that takes them; or NULL */
	struct survey *survey;	     /* that the findings are from */
	struct names *names;

	/* Out: of each finding, in their order. */
	struct reaping *batch;
	struct attachment
		*held; /* who holds it, if it is marked, or, without policy, in use */
	size_t count;
	int patience;	 /* its own: for the lock of fences */
	bool unrecorded; /* not all is in the log; that has been said */
};

/*
 * Open what a removal that was killed has left closed (lib/fence-record.h), and say so: to
 * be called before segments are looked at.
 */
void removal_recover(void);

/*
 * Remove the segments of the findings, a portion at a time. From its beginning to its
 * record no signal arrives. Returns 0; or -1 after a message, and then nothing was
 * touched. Nothing is said yet of what became of each.
 */
int removal_run(struct removal *removal, const struct findings *findings);

/*
 * The message for the i-th, that has been marked where it should be unused, or failed.
 */
void removal_complain(const struct removal *removal, size_t i);

void removal_release(struct removal *removal);

#endif

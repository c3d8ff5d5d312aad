/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The segments that rm or set is told of: named one by one, or, for rm, selected. */
#ifndef SHMTOOL_TARGETS_H
#define SHMTOOL_TARGETS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/select.h"

struct findings;
struct names;
struct survey;

/* What must be true of a segment that is named: an id may be another's meanwhile. */
struct guards {
	struct some_id owner;
	uint32_t key;  /* 0: any */
	uint64_t size; /* bytes; SEGMENT_UNKNOWN: any */
	int64_t ctime; /* -1: any */
};

#define GUARDS_NONE                             \
	{                                       \
		.size = UINT64_MAX, .ctime = -1 \
	}

bool guards_are_set(const struct guards *guards);

/*
 * Look all up that are named, each once, and judge them; survey is begun, or NULL: then
 * they are not judged. Returns an exit status: EXIT_FAILURE after a message for each that
 * is not there or not as it must be.
 */
int targets_named(const struct selectors *named, const struct guards *guards,
		  struct survey *survey, struct names *names, struct findings *targets);

/*
 * Find all that pass the filter, with unused only those that nobody has attached; survey
 * is open. Returns 0; 1 after a message for each that is left out, because its process may
 * be another than the filter's by now; or -1 after a message.
 */
int targets_selected(const struct filter *filter, bool unused, struct survey *survey,
		     struct findings *targets);

#endif

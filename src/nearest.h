/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which of several words somebody may have meant who has mistyped one. Pure. */
#ifndef SHMTOOL_NEAREST_H
#define SHMTOOL_NEAREST_H

#include <stddef.h>

struct nearest {
	const char *typed;
	size_t length;	       /* of it: what comes after may be "=value" */
	const char *word;      /* the nearest so far; NULL: none is near */
	unsigned int distance; /* its distance */
};

/* Look for a word near the first length bytes of typed. */
void nearest_begin(struct nearest *nearest, const char *typed, size_t length);

/*
 * Offer one. It is near if typed begins it, with two letters at least, or if a few letters
 * more, less, other or in each other's place make it: one of three, two of four, and one
 * more for each four. Of those as near the first stays.
 */
void nearest_offer(struct nearest *nearest, const char *word);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Segments that are there, for who would else make one. */
#ifndef SHMTOOL_REUSE_H
#define SHMTOOL_REUSE_H

#include <stdint.h>
#include <stdio.h>

struct need;
struct segment;

/*
 * Find the segment with this key. Returns 1 if it fits the need (lib/fit.h), 0 if none
 * has the key; or -1 after a message, which says what does not fit.
 */
int reuse_find(uint32_t key, const struct need *need, struct segment *segment);

/* What does not fit, as a part of a sentence: "4096 bytes, not 8192". */
void reuse_put_misfit(const struct need *need, const struct segment *segment, FILE *file);

#endif

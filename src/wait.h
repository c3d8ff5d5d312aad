/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Waiting for the end of segments that are marked. */
#ifndef SHMTOOL_WAIT_H
#define SHMTOOL_WAIT_H

#include <stdint.h>

struct removal;

/*
 * Wait until all that the removal has marked are gone, for at most so many seconds
 * (WAIT_FOR_EVER: however long), and say so of each, or who still holds it. Returns an
 * exit status.
 */
int wait_for_end(const struct removal *removal, int64_t seconds);

#endif

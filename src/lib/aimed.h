/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IPC_SET by an id, and a look whether it was the segment that was meant. */
#ifndef SHMTOOL_AIMED_H
#define SHMTOOL_AIMED_H

#include <stdbool.h>

struct segment;

/*
 * Set owner, group and mode as they are in *wanted, of the segment that was seen a moment
 * ago. The kernel goes by the id alone, and another segment can have it by then. That one
 * is given back: to its creator, with mode 0600, because who owned it before is lost.
 *
 * Returns 0, even if the look afterwards fails; or -1 and errno as sysv_set(). ENOENT: it
 * was removed meanwhile. ESTALE: another one was hit; a look tells whether it could be
 * given back (aimed_is_returned()).
 */
int aimed_set(const struct segment *seen, const struct segment *wanted);

/* Give a segment that was hit back to its creator. */
void aimed_return(const struct segment *stranger);

/* Whether it is its creator's, and open to that user alone. */
bool aimed_is_returned(const struct segment *stranger);

#endif

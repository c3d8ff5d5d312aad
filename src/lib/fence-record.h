/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a fence has closed, written down where it outlives every process: in a segment of
 * the same IPC namespace. A fence and its guardian have it attached. So one that nobody has
 * attached is of a fence that is dead, whoever was killed, in whichever PID namespace.
 *
 * It is believed only if the caller's user has made it, still owns it, and nobody else may
 * write to it; then it can do no more than that user. A key would have made it easy to
 * find, and to take by anybody who comes first; so it is private, of a size that no
 * application asks for, and begins with a text.
 */
#ifndef SHMTOOL_FENCE_RECORD_H
#define SHMTOOL_FENCE_RECORD_H

#include <stdbool.h>
#include <stddef.h>

#include "fence.h"

enum { FENCE_RECORD_ROOM = 4096, FENCE_RECORD_MODE = 0600 };

struct fence_record {
	char magic[40];
	struct closed item[FENCE_RECORD_ROOM];
};

/*
 * Make a record and attach it. Returns NULL and errno as sysv_create() or sysv_attach();
 * *id is what to give to fence_record_remove().
 */
struct fence_record *fence_record_make(int *id);
void fence_record_remove(struct fence_record *record, int id);

/* Whether this may be the record of a fence of the caller's that is dead. */
bool fence_record_is_left(const struct segment *segment);

/*
 * Open whatever fences of the caller's that are dead have left closed, as fence_open()
 * does, and remove their records, if that is allowed. What fails is tried again by the
 * next call. Returns how many were opened.
 */
size_t fence_record_recover(void);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a segment that is there will do for who would else make one. Pure. */
#ifndef SHMTOOL_FIT_H
#define SHMTOOL_FIT_H

#include <stdint.h>
#include <sys/types.h>

#include "select.h"

struct segment;

/* What it must be. */
struct need {
	uint64_t size;	      /* at least, bytes */
	uid_t owner, caller;  /* caller: who asks */
	struct some_id group; /* of the owner; or any */
	/* What the kernel shows for users without a number; UINT64_MAX: all have one. */
	uint64_t unmapped;
};

enum fit {
	FIT,
	FIT_NOT_SIZE,
	FIT_NOT_OWNER,
	FIT_NOT_GROUP,
	/*
	 * Its creator is neither the caller, nor the owner, nor root. He keeps all rights
	 * to it, and can give it to anybody (IPC_SET): it may be a trap.
	 */
	FIT_NOT_CREATOR,
};

/*
 * The first of these that is in the way. Not what cannot be seen of a segment, such as
 * huge pages; and not its permissions, which its owner can change at any time.
 */
enum fit fit(const struct need *need, const struct segment *segment);

#endif

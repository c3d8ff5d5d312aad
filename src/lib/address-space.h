/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which processes have the same memory: clone(2), CLONE_VM. */
#ifndef SHMTOOL_ADDRESS_SPACE_H
#define SHMTOOL_ADDRESS_SPACE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* One of the processes that have it, and a segment that is attached there. */
struct address_space {
	pid_t pid;
	int id;
	uint64_t start; /* address */
};

/* Those of the processes met so far; none, if all is zero. */
struct address_spaces {
	struct address_space *item; /* each once, in an order of their own */
	size_t count;
};

/*
 * Meet a process, which is in our PID namespace. Of two with the same memory, the same
 * segment is to be given. Returns 1 if a process met before has this memory, else 0; or -1
 * with errno ENOMEM. Where kcmp(2) is refused, and of processes that have ended, no two have.
 */
int address_spaces_meet(struct address_spaces *met, const struct address_space *space);

/* Free what they have. */
void address_spaces_release(struct address_spaces *met);

#endif

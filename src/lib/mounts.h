/* SPDX-License-Identifier: GPL-2.0-or-later */
/* In which directories something is mounted. */
#ifndef SHMTOOL_MOUNTS_H
#define SHMTOOL_MOUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define MOUNTS_TABLE "/proc/self/mounts"

struct mounts {
	struct mount_parent {
		dev_t device;
		ino_t inode;
	} * item;
	size_t count;
};

/*
 * Read the table in the file named (MOUNTS_TABLE, but for tests). Returns 0, or -1
 * and errno, as fopen(3) and ENOMEM.
 */
int mounts_read(struct mounts *mounts, const char *table);

/* Whether there is a mount point right in this directory. */
bool mounts_has(const struct mounts *mounts, dev_t device, ino_t inode);

void mounts_release(struct mounts *mounts);

#endif

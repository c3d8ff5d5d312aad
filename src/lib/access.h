/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What somebody may do with a segment. Pure. */
#ifndef SHMTOOL_ACCESS_H
#define SHMTOOL_ACCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct segment;

/*
 * The number that stands for every user and group that a user namespace does not map
 * (user_namespaces(7)). There, two of it need not be the same.
 */
#define ACCESS_NOBODY 65534

/* Who asks, with effective IDs. */
struct caller {
	uid_t uid;
	gid_t gid;
	const gid_t *groups; /* supplementary */
	size_t count;
	bool all_mapped; /* equal numbers are equal users: see ACCESS_NOBODY */
	bool may_all;	 /* CAP_IPC_OWNER: no permission bit matters */
	bool may_remove; /* CAP_SYS_ADMIN */
};

/*
 * Whether the caller may attach it to read, or to read and write, as ipcperms() in the
 * kernel's ipc/util.c decides: the owner's bits count for owner and creator, else the
 * group's for members of either group, else the others'. A security module may still
 * say no. What is marked for destruction can be attached all the same, by its id.
 */
bool access_read(const struct segment *segment, const struct caller *caller);
bool access_write(const struct segment *segment, const struct caller *caller);

/* Whether the caller may remove or change it: its owner, its creator, or may_remove. */
bool access_remove(const struct segment *segment, const struct caller *caller);

#endif

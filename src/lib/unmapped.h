/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Users and groups that a user namespace has no number for (user_namespaces(7)). */
#ifndef SHMTOOL_UNMAPPED_H
#define SHMTOOL_UNMAPPED_H

#include <stdbool.h>
#include <stdint.h>

struct segment;

/* The number that the kernel shows for all of them: ACCESS_NOBODY, but for a sysctl. */
struct unmapped {
	uint64_t user, group;
};

/* What the sysctls overflowuid and overflowgid say, or ACCESS_NOBODY. */
struct unmapped unmapped_read(void);

/*
 * Whether the segment's owner or group may be one of them. To set it (IPC_SET) would give
 * the segment to whoever really has that number. In the first user namespace it is an
 * ordinary one.
 */
bool unmapped_owns(struct unmapped unmapped, const struct segment *segment);

#endif

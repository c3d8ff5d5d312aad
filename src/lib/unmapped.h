/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Users and groups that a user namespace has no number for (user_namespaces(7)). */
#ifndef SHMTOOL_UNMAPPED_H
#define SHMTOOL_UNMAPPED_H

#include <stdbool.h>

struct segment;

/*
 * Whether the segment's owner or group may be one of them: the kernel shows one number,
 * 65534 as a rule, for them all. To set it (IPC_SET) would give the segment to whoever
 * really has that number. In the first user namespace it is an ordinary one.
 */
bool unmapped_owns(const struct segment *segment);

#endif

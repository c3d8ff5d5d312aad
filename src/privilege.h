/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the process may do: the only user of libcap-ng (privilege.c). */
#ifndef SHMTOOL_PRIVILEGE_H
#define SHMTOOL_PRIVILEGE_H

#include <stdbool.h>

/* The capabilities(7) that a command may ask to keep; to be or-ed. */
enum privilege {
	PRIVILEGE_SYS_PTRACE = 1
			       << 0,  /* see other users' processes, also under hidepid */
	PRIVILEGE_SYS_ADMIN = 1 << 1, /* IPC_RMID and IPC_SET on others' segments */
};

/*
 * Give up for good every capability but those of the set that the process holds,
 * and ever gaining one by an exec. Returns 0, or -1: then go no further.
 */
int privilege_keep(unsigned int set);

/*
 * Whether the process may remove anybody's segment, after privilege_keep(): it has
 * CAP_SYS_ADMIN, and so in the user namespace that owns its IPC namespace. Root of
 * a container that shares its host's IPC namespace has not: then that owner is out
 * of its scope, and ioctl_ns(2) says EPERM.
 */
bool privilege_over_all_segments(void);

#endif

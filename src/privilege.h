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
	PRIVILEGE_IPC_OWNER = 1 << 2, /* attach segments whatever their permissions */
	PRIVILEGE_IPC_LOCK = 1 << 3,  /* lock others' segments, and beyond the limit */
	PRIVILEGE_DAC_READ_SEARCH = 1 << 4,    /* list and pass every directory */
	PRIVILEGE_CHECKPOINT_RESTORE = 1 << 5, /* the files behind mappings */
	PRIVILEGE_DAC_OVERRIDE = 1 << 6,       /* write into every directory */
};

/* Which of those above the process holds (its effective set), before privilege_keep(). */
unsigned int privilege_held(void);

/*
 * Give up for good every capability but those of the set that the process holds,
 * and ever gaining one by an exec. Returns 0, or -1: then go no further.
 */
int privilege_keep(unsigned int set);

/*
 * Whether the capabilities that the process has count for segments: its user namespace
 * owns its IPC namespace. That of a container that shares its host's IPC namespace
 * does not: the owner is out of its scope, and ioctl_ns(2) says EPERM. Where /proc
 * does not tell, they may.
 */
bool privilege_owns_namespace(void);

/*
 * Whether its user namespace maps every user and group to itself, as the first one
 * does: elsewhere some may look alike. Where /proc does not tell, it does not.
 */
bool privilege_maps_all_users(void);

/* Whether the process may remove or set anybody's segment, after privilege_keep(). */
bool privilege_over_all_segments(void);

/* Whether it may lock and unlock anybody's. */
bool privilege_locks_all_segments(void);

#endif

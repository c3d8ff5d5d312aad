/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the process may do: the only user of libcap-ng (privilege.c). */
#ifndef SHMTOOL_PRIVILEGE_H
#define SHMTOOL_PRIVILEGE_H

#include <stdbool.h>

/* The capabilities(7) that a command may ask to keep; to be or-ed. */
enum privilege {
	PRIVILEGE_SYS_PTRACE = 1 << 0,
	PRIVILEGE_SYS_ADMIN = 1 << 1,
	PRIVILEGE_IPC_OWNER = 1 << 2,
	PRIVILEGE_IPC_LOCK = 1 << 3,
	PRIVILEGE_DAC_READ_SEARCH = 1 << 4,
	PRIVILEGE_CHECKPOINT_RESTORE = 1 << 5,
	PRIVILEGE_DAC_OVERRIDE = 1 << 6,
};

struct privilege_row {
	enum privilege privilege;
	unsigned int capability;
	const char *name; /* "cap_sys_ptrace"; NULL: the end */
	const char *use;  /* what it is for here */
};

/* All of them, in the order of the enum. */
const struct privilege_row *privilege_rows(void);

/*
 * Whether somebody else's privileges are lent to the caller: the program is installed setuid
 * or setgid, or was started by one that is. What he may do cannot be told then, nor which
 * files are his to name. (File capabilities and sudo(8) change real and effective user
 * alike, or neither.)
 */
bool privilege_is_lent(void);

/* Which of those above the process holds (its effective set), before privilege_keep(). */
unsigned int privilege_held(void);

/*
 * Give up for good every capability but those of the set that the process holds, in all of
 * the five sets of capabilities(7), and ever gaining one by an exec. (Only who has
 * CAP_SETPCAP can empty the bounding set; for others no_new_privs makes it void.) That it is
 * so is looked at afterwards. Returns 0, or -1: then go no further.
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

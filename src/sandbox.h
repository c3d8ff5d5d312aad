/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a verb may do to segments and files, enforced by the kernel: a verb that never
 * removes anything cannot, whatever becomes of the process.
 */
#ifndef SHMTOOL_SANDBOX_H
#define SHMTOOL_SANDBOX_H

#include <stdbool.h>

/* To be or-ed. Looking at segments is open to every verb. */
enum may {
	MAY_ATTACH = 1 << 0,	    /* shmat(2), to read */
	MAY_WRITE = 1 << 1,	    /* shmat(2), to read and write */
	MAY_CREATE = 1 << 2,	    /* shmget(2), IPC_CREAT */
	MAY_CHANGE = 1 << 3,	    /* shmctl(2), IPC_SET */
	MAY_LOCK = 1 << 4,	    /* SHM_LOCK and SHM_UNLOCK */
	MAY_REMOVE = 1 << 5,	    /* IPC_RMID */
	MAY_SEE_PROCESSES = 1 << 6, /* look into them, as who traces them does */
	MAY_WRITE_FILES = 1 << 7,   /* open them to write, make and remove them */
	/*
	 * What the record of a fence takes (lib/fence-record.h): shmget(2) of a private one of
	 * just its size and mode, and shmat(2), to read and write. That cannot be limited to
	 * records, but is to what the permissions allow: without CAP_IPC_OWNER.
	 */
	MAY_RECORD = 1 << 8,
};

struct may_row {
	enum may may;
	const char *name; /* "see processes"; NULL: the end */
};

/* All of them, in the order of the enum. */
const struct may_row *sandbox_rows(void);

/*
 * Whether calls are refused on this architecture: x86-64, AArch64 and 64-bit RISC-V. On others
 * the System V calls have no numbers of their own, and only landlock(7) is left.
 */
bool sandbox_refuses_calls(void);

/*
 * From now on this process and its children may do this and no more of the above, and can
 * never execute a program, trace a process, mount anything, or enter or make a namespace:
 * EPERM, or EACCES for files. A further call can only take more away.
 *
 * Calls are refused by seccomp(2), where sandbox_refuses_calls(). Without MAY_WRITE_FILES
 * those are among them that make, change or remove files, and that open one to write; but
 * MAY_WRITE leaves O_RDWR open, for the file behind a segment. openat2(2) and clone3(2) have
 * their flags in memory, and so do not exist (ENOSYS): the C library does without.
 *
 * Files are closed by landlock(7) besides, from Linux 5.13 on and where it is configured; it
 * also forbids to look into other processes, so it is left out if MAY_SEE_PROCESSES or
 * MAY_WRITE_FILES is asked for. What the kernel does not have is left out.
 *
 * Still open are reading, what is open to write already, bind(2) of a socket to a name, and
 * the network.
 *
 * privilege_keep() must have come before, which sets no_new_privs. Returns 0, or -1: then
 * go no further.
 */
int sandbox_enter(unsigned int may);

#endif

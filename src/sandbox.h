/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a verb may do to segments and files, enforced by the kernel: a verb that never
 * removes anything cannot, whatever becomes of the process.
 */
#ifndef SHMTOOL_SANDBOX_H
#define SHMTOOL_SANDBOX_H

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
};

struct may_row {
	enum may may;
	const char *name; /* "see processes"; NULL: the end */
};

/* All of them, in the order of the enum. */
const struct may_row *sandbox_rows(void);

/*
 * From now on this process and its children may do this and no more of the above, and can
 * never execute a program, trace a process, mount anything or enter a namespace: EPERM, or
 * EACCES for files. A further call can only take more away.
 *
 * Calls are refused by seccomp(2). Files are by landlock(7), from Linux 5.13 on and where
 * it is configured; it also forbids to look into other processes, so that both are open if
 * one of them is asked for. What the kernel does not have is left out.
 *
 * privilege_keep() must have come before, which sets no_new_privs. Returns 0, or -1: then
 * go no further.
 */
int sandbox_enter(unsigned int may);

#endif

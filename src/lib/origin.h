/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where and when the id of a segment means anything. */
#ifndef SHMTOOL_ORIGIN_H
#define SHMTOOL_ORIGIN_H

#include <stdint.h>

enum { ORIGIN_BOOT_ROOM = 37 }; /* a UUID, as text */

struct origin {
	char boot[ORIGIN_BOOT_ROOM];
	uint64_t ipc_namespace; /* inode numbers of proc_pid_ns(5) */
	uint64_t pid_namespace; /* in which the PID of the creator is meant */
};

/*
 * Those of the caller, from random/boot_id (proc_sys_kernel(5)) and /proc/self/ns.
 * Returns 0, or -1 and errno: without /proc it is not known. EBADMSG: what is there is no
 * UUID.
 */
int origin_read(struct origin *origin);

#endif

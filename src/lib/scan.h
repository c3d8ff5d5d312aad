/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every segment of this IPC namespace, one at a time, in constant memory: from
 * /proc/sysvipc/shm, or from the kernel's slots (sysv.h) where that is missing.
 */
#ifndef SHMTOOL_SCAN_H
#define SHMTOOL_SCAN_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "memory.h"

struct segment;

struct scan {
	FILE *file;	    /* NULL: slots */
	unsigned long line; /* number of the line that was read last */
	int slot, last_slot;
	/* The sizes of huge pages that there are, read when they are needed. */
	uint64_t huge[MEMORY_HUGE_SIZES];
	unsigned int huge_sizes;
	bool knows_huge;
	char buffer[16384];
};

/*
 * Start a scan of the table in the file named (PROCFS_SHM, but for tests). Returns
 * 0, or -1: EBADMSG if the file does not start with the heading of such a table,
 * which even an empty one has; ENOSYS if there is neither file nor System V IPC;
 * and as open(2) for a file that is there.
 */
int scan_open(struct scan *scan, const char *table);

/*
 * The next segment. Returns 1, 0 at the end, or -1: EBADMSG if line scan->line is
 * truncated or garbage, EIO and others if it cannot be read. There is no going on
 * after an error: what follows a line that is not understood may not be either.
 */
int scan_next(struct scan *scan, struct segment *segment);

void scan_close(struct scan *scan);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is in a segment. It is attached, or read through the mapping of a process that has
 * it attached; and with the right to it there is a file behind it, through which pages
 * move without being copied, and holes are seen as such.
 */
#ifndef SHMTOOL_CONTENT_H
#define SHMTOOL_CONTENT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "segment.h"

struct content {
	struct segment segment; /* as it was right after the attach */
	char *at; /* where it is attached; NULL: it is not, and there is a file */
	int file; /* the kernel's own, as large as the segment; or -1 */
	uint64_t page_size; /* bytes; 0: unknown */
};

/*
 * Attach the segment that was seen, to read or to read and write. It makes the caller its
 * last user. Once attached its id cannot become another's, so that a look decides: ESTALE
 * if it names another now. ENOENT, EACCES and ENOMEM as sysv_attach(). Returns 0, or -1.
 *
 * The file is that of proc_pid_map_files(5), for which it takes CAP_CHECKPOINT_RESTORE or
 * CAP_SYS_ADMIN in the first user namespace. A read from it, also of holes, does not make
 * the segment grow (shmem_file_read_iter() in mm/shmem.c); where there is none, a look at
 * a hole through the mapping does.
 */
int content_open(struct content *content, const struct segment *seen, bool writable);

/*
 * Read it through a process that has it attached, so that nothing about it changes, not
 * even its last user. That takes the right to look into the process (ptrace(2)) besides.
 * Returns 0, or -1: no file can be had so, or it is of a segment from another IPC namespace,
 * as far as its creator, key and size tell.
 */
int content_borrow(struct content *content, const struct segment *seen, pid_t holder);

/*
 * Copy length bytes at this offset, all of which are in the segment, to a buffer. Returns
 * 0, or -1: EFAULT if a page cannot be had, which the pool of huge pages may not have.
 */
int content_read(const struct content *content, uint64_t offset, void *buffer,
		 size_t length);

/* Whether its pages are huge ones, which are never swapped. */
bool content_is_huge(const struct content *content);

/* Detach and close. */
void content_close(struct content *content);

#endif

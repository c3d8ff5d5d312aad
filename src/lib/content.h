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

/* Detach and close. */
void content_close(struct content *content);

#endif

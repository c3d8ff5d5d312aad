/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text of /proc/sysvipc/shm, line by line (proc_sysvipc(5); the writer is
 * sysvipc_shm_proc_show() in the kernel's ipc/shm.c). Pure: no file is touched.
 */
#ifndef SHMTOOL_PROCFS_H
#define SHMTOOL_PROCFS_H

#include <stdbool.h>

struct segment;

#define PROCFS_SHM "/proc/sysvipc/shm"

/* Whether line is the heading that such a table starts with, even an empty one. */
bool procfs_is_heading(const char *line);

/*
 * Read one line, with its newline, into *segment. The old kernels' 14 columns are
 * taken, and then rss and swap are SEGMENT_UNKNOWN; so are columns after the 16th,
 * which are ignored. Returns 0, or -1 with errno EBADMSG for anything else: a line
 * without its end, a column that is missing, is no number or is out of range.
 */
int procfs_parse_line(const char *line, struct segment *segment);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files in memory, which have no name and go with their last descriptor. */
#ifndef SHMTOOL_MEMFILE_H
#define SHMTOOL_MEMFILE_H

#include <stdint.h>

/*
 * A new file of this size, of which no page takes memory yet; flags are more of those of
 * memfd_create(2). Returns a descriptor, or -1 as memfd_create(2) and ftruncate(2), with
 * EFBIG where RLIMIT_FSIZE is below the size: and SIGXFSZ, unless that is ignored.
 */
int memfile_open(unsigned int flags, uint64_t size);

#endif

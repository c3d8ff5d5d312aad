/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which pages of an attached segment hold data, for those who may not open the file behind
 * it (content.h). mincore(2) tells what is in memory, and this also brings back what has
 * been swapped out, of which mincore(2) says no more than of a hole.
 */
#ifndef SHMTOOL_RESIDENCY_H
#define SHMTOOL_RESIDENCY_H

#include <stddef.h>
#include <stdint.h>

struct content;

/*
 * Look at length bytes from offset on, both in whole pages of the usual size but for the
 * end of the segment, and set a byte of pages for each: 0 if it is a hole, 1 if it has, or
 * may have, data. Returns 0; or -1 where that cannot be known of any. So it is for huge
 * pages, whose presence mincore(2) tells by the caller's page table alone
 * (mincore_hugetlb() in mm/mincore.c), and without /proc/self/smaps.
 */
int residency_look(const struct content *content, uint64_t offset, size_t length,
		   unsigned char *pages);

#endif

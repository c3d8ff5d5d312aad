/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A System V shared memory segment as the kernel describes it, in plain values. */
#ifndef SHMTOOL_SEGMENT_H
#define SHMTOOL_SEGMENT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define SEGMENT_UNKNOWN UINT64_MAX /* rss, swap: the kernel did not say */

struct stat;

struct segment {
	int id;
	uint32_t key; /* 0: private (IPC_PRIVATE), or marked for destruction */
	uid_t uid, cuid;
	gid_t gid, cgid;
	unsigned int mode;  /* the nine permission bits */
	bool dest;	    /* marked for destruction: goes with its last attach */
	bool locked;	    /* kept in memory by SHM_LOCK */
	uint64_t size;	    /* bytes, as these two */
	uint64_t rss, swap; /* or SEGMENT_UNKNOWN */
	uint64_t huge;	 /* of each of its pages, if those are known to be huge; or 0 */
	uint64_t nattch; /* mappings, not processes: mprotect() can split one in three */
	pid_t cpid;	 /* 0: not visible from this PID namespace */
	pid_t lpid;	 /* 0: the same, or nobody attached it yet */
	int64_t atime, dtime; /* seconds since the Epoch; 0: never */
	int64_t ctime;
};

/*
 * Whether a and b, read at different moments, are the same segment: equal id, key,
 * creator (user, group and PID), size and ctime. An id alone proves nothing: the
 * kernel gives it out again once its sequence number has wrapped (ipc/util.c).
 */
bool segment_same(const struct segment *a, const struct segment *b);

/*
 * Whether after, read later, can be the segment that before is, whatever has become of its
 * owner, mode and stamps meanwhile, and of its key, if it has been marked. A stamp can move,
 * but not become "never" again.
 */
bool segment_remains(const struct segment *before, const struct segment *after);

/*
 * Whether, besides, nobody has used or changed it in between. The stamps are whole
 * seconds; who attaches leaves its PID as well.
 */
bool segment_untouched(const struct segment *a, const struct segment *b);

/*
 * Whether a file, on a device of the kernel's own, can be that of the segment: as large, and
 * of its creator. Such a file is made with the user and group of the process (newseg() in
 * ipc/shm.c), so that nobody can make one that is another user's, in no IPC namespace.
 */
bool segment_can_be(const struct segment *segment, const struct stat *file);

/* When it was last attached, detached or changed, or made. */
int64_t segment_newest_stamp(const struct segment *segment);

/*
 * Whether more of it is in memory than fits into its base pages, which are of this size:
 * then it is of huge pages.
 */
bool segment_exceeds_size(const struct segment *segment, uint64_t page);

/*
 * Put the rss of such a segment right, by the sizes that huge pages can have here, and note
 * which of them it is of. Kernels since 6.7 multiply the number of base pages by the base
 * pages of a huge page once more (shm_add_rss_swap() in ipc/shm.c); older ones count huge
 * pages there, and say what is true. If more than one thing can be meant, or nothing, rss
 * is unknown then.
 *
 * What is no more than the size is no case for this, though it can be wrong, too: 1 GiB of
 * a segment of 2 GiB is a single page of 2 MiB or half of them all, and nothing tells which.
 */
void segment_mend_rss(struct segment *segment, uint64_t page, const uint64_t *huge,
		      unsigned int sizes);

/* The sum of two sizes; SEGMENT_UNKNOWN if one of them is, or if it is too much. */
uint64_t segment_sum(uint64_t a, uint64_t b);

#endif

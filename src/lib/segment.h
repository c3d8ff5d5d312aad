/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A System V shared memory segment as the kernel describes it, in plain values. */
#ifndef SHMTOOL_SEGMENT_H
#define SHMTOOL_SEGMENT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define SEGMENT_UNKNOWN UINT64_MAX /* rss, swap: the kernel did not say */

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
 * owner, mode and stamps meanwhile, and of its key, if it has been marked.
 */
bool segment_remains(const struct segment *before, const struct segment *after);

/*
 * Whether, besides, nobody has used or changed it in between. The stamps are whole
 * seconds; who attaches leaves its PID as well.
 */
bool segment_untouched(const struct segment *a, const struct segment *b);

/* When it was last attached, detached or changed, or made. */
int64_t segment_newest_stamp(const struct segment *segment);

/* The sum of two sizes; SEGMENT_UNKNOWN if one of them is, or if it is too much. */
uint64_t segment_sum(uint64_t a, uint64_t b);

#endif

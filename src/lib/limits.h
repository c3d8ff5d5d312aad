/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The limits on the segments of this IPC namespace, what is used of them, and by
 * whom. See shmget(2) for what they mean and newseg() in the kernel's ipc/shm.c for
 * when they are asked.
 */
#ifndef SHMTOOL_LIMITS_H
#define SHMTOOL_LIMITS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "sysv.h"

struct scan;

#define LIMITS_UNKNOWN UINT64_MAX
#define LIMITS_SHMMIN 1 /* a constant of the kernel */

/* The sum of the segments that a user owns. */
struct consumer {
	uid_t uid;
	uint64_t segments, size;
	uint64_t rss; /* or LIMITS_UNKNOWN, if it is of one of them */
};

/* Those who have most, in that order. */
enum { CONSUMERS_MAX = 3 };
struct consumers {
	unsigned int count;
	struct consumer item[CONSUMERS_MAX];
};

struct limits {
	struct sysv_limits sysv;
	uint64_t page_size;
	int rmid_forced;  /* the sysctl kernel.shm_rmid_forced, 0 or 1; -1: unknown */
	uint64_t largest; /* size of the largest segment; 0: there is none */
	struct consumers by_size, by_segments;
};

/* All but the last three, which become 0. Returns 0, or -1 and errno: sysv_limits(). */
int limits_read(struct limits *limits);

/* The last three, from a scan that has been opened. Returns 0 or -1, as scan_next(). */
int limits_count(struct limits *limits, struct scan *scan);

/* Whole pages for this many bytes; bytes in so many pages, UINT64_MAX for any more. */
uint64_t limits_pages(const struct limits *limits, uint64_t bytes);
uint64_t limits_bytes(const struct limits *limits, uint64_t pages);

/*
 * Whether so many bytes limit nothing: a segment, being a file, ends below 2^63. The
 * defaults of SHMMAX and SHMALL are beyond (uapi/linux/shm.h).
 */
#define LIMITS_NONE(bytes) ((bytes) > INT64_MAX)

/*
 * used in hundredths of a per cent of limit, rounded down; of numbers above 2^50 it
 * may be one too low. LIMITS_UNKNOWN where the limit is 0.
 */
uint64_t limits_percent(uint64_t used, uint64_t limit);

/* One limit, in its unit and in bytes. All but the limit may be LIMITS_UNKNOWN. */
enum unit { UNIT_SEGMENTS, UNIT_PAGES, UNIT_BYTES };
struct limit_row {
	const char *name;
	const char *sysctl; /* or NULL */
	enum unit unit;
	uint64_t limit, used;
	uint64_t limit_bytes, used_bytes; /* also unknown beyond 64 bits */
	uint64_t percent;		  /* limits_percent() */
};

/* Whether it limits nothing, as LIMITS_NONE(). */
bool limit_is_none(const struct limit_row *row);

/* SHMMNI, SHMALL, SHMMAX and SHMMIN, of which the last is not used up by anything. */
enum { LIMIT_ROWS = 4 };
void limits_rows(const struct limits *limits, struct limit_row rows[static LIMIT_ROWS]);

/* Which limit a new segment of this size would hit, the one that the kernel sees first. */
enum limit { LIMIT_NONE, LIMIT_SHMMAX, LIMIT_SHMALL, LIMIT_SHMMNI };
enum limit limits_refusing(const struct limits *limits, uint64_t size);

#endif

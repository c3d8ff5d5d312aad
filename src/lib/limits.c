/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "limits.h"

#include <errno.h>
#include <search.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "scan.h"
#include "segment.h"
#include "sysctl.h"

int limits_read(struct limits *limits)
{
	uint64_t forced;

	*limits = (struct limits){
		.page_size = (uint64_t)sysconf(_SC_PAGESIZE),
		.rmid_forced = -1,
	};
	if (sysv_limits(&limits->sysv))
		return -1;
	if (sysctl_read(SYSCTL_RMID_FORCED, &forced) == 0)
		limits->rmid_forced = forced != 0;
	return 0;
}

/* Every user who owns a segment: in a tree, to be found, and in a list. */
struct user {
	struct consumer sum; /* first: compare() gets it */
	struct user *next;
};

struct tally {
	void *tree; /* of tsearch(3) */
	struct user *list;
};

static int compare(const void *a, const void *b)
{
	uid_t x = ((const struct consumer *)a)->uid,
	      y = ((const struct consumer *)b)->uid;

	return (x > y) - (x < y);
}

/* The sum so far for a user, new if need be; NULL and errno ENOMEM. */
static struct consumer *find_sum(struct tally *tally, uid_t uid)
{
	struct consumer key = {.uid = uid};
	struct user *const *node = tfind(&key, &tally->tree, compare);
	struct user *user;

	if (node)
		return &(*node)->sum;
	user = malloc(sizeof(*user));
	if (!user)
		return NULL;
	*user = (struct user){key, tally->list};
	if (!tsearch(user, &tally->tree, compare)) {
		free(user);
		errno = ENOMEM;
		return NULL;
	}
	tally->list = user;
	return &user->sum;
}

static int tally_add(struct tally *tally, const struct segment *segment)
{
	struct consumer *sum = find_sum(tally, segment->uid);

	if (!sum)
		return -1;
	sum->segments++;
	sum->size = segment_sum(sum->size, segment->size);
	sum->rss = segment_sum(sum->rss, segment->rss);
	return 0;
}

static bool has_larger(const struct consumer *a, const struct consumer *b)
{
	if (a->size != b->size)
		return a->size > b->size;
	return a->segments != b->segments ? a->segments > b->segments : a->uid < b->uid;
}

static bool has_more(const struct consumer *a, const struct consumer *b)
{
	return a->segments != b->segments ? a->segments > b->segments : has_larger(a, b);
}

static void offer(struct consumers *top, const struct consumer *one,
		  bool (*before)(const struct consumer *, const struct consumer *))
{
	unsigned int place = top->count;

	while (place > 0 && before(one, &top->item[place - 1]))
		place--;
	if (place == CONSUMERS_MAX)
		return;
	if (top->count < CONSUMERS_MAX)
		top->count++;
	for (unsigned int i = top->count - 1; i > place; i--)
		top->item[i] = top->item[i - 1];
	top->item[place] = *one;
}

int limits_count(struct limits *limits, struct scan *scan)
{
	struct tally tally = {0};
	struct segment segment;
	int got, error;

	while ((got = scan_next(scan, &segment)) > 0) {
		if (segment.size > limits->largest)
			limits->largest = segment.size;
		if (tally_add(&tally, &segment)) {
			got = -1;
			break;
		}
	}
	error = errno;
	for (const struct user *user = tally.list; got == 0 && user; user = user->next) {
		offer(&limits->by_size, &user->sum, has_larger);
		offer(&limits->by_segments, &user->sum, has_more);
	}
	tdestroy(tally.tree, free);
	errno = error;
	return got;
}

uint64_t limits_pages(const struct limits *limits, uint64_t bytes)
{
	return bytes / limits->page_size + (bytes % limits->page_size != 0);
}

uint64_t limits_bytes(const struct limits *limits, uint64_t pages)
{
	uint64_t bytes;

	return __builtin_mul_overflow(pages, limits->page_size, &bytes) ? UINT64_MAX
									: bytes;
}

uint64_t limits_percent(uint64_t used, uint64_t limit)
{
	/* The bits that the product has no room for hardly show in two decimals. */
	while (used > UINT64_MAX / 10000) {
		used >>= 1;
		limit >>= 1;
	}
	return limit ? used * 10000 / limit : LIMITS_UNKNOWN;
}

bool limit_is_none(const struct limit_row *row)
{
	return row->unit != UNIT_SEGMENTS && LIMITS_NONE(row->limit_bytes);
}

/* Beyond 64 bits limits_bytes() gives UINT64_MAX, which is LIMITS_UNKNOWN. */
static uint64_t in_bytes(const struct limits *limits, enum unit unit, uint64_t amount)
{
	if (unit == UNIT_SEGMENTS || amount == LIMITS_UNKNOWN)
		return LIMITS_UNKNOWN;
	return unit == UNIT_PAGES ? limits_bytes(limits, amount) : amount;
}

static void complete_row(const struct limits *limits, struct limit_row *row)
{
	row->limit_bytes = in_bytes(limits, row->unit, row->limit);
	row->used_bytes = in_bytes(limits, row->unit, row->used);
	row->percent = row->used == LIMITS_UNKNOWN
			       ? LIMITS_UNKNOWN
			       : limits_percent(row->used, row->limit);
}

void limits_rows(const struct limits *limits, struct limit_row rows[static LIMIT_ROWS])
{
	const struct sysv_limits *sysv = &limits->sysv;

	rows[0] = (struct limit_row){
		.name = "SHMMNI",
		.sysctl = "kernel.shmmni",
		.unit = UNIT_SEGMENTS,
		.limit = sysv->shmmni,
		.used = sysv->segments,
	};
	rows[1] = (struct limit_row){
		.name = "SHMALL",
		.sysctl = "kernel.shmall",
		.unit = UNIT_PAGES,
		.limit = sysv->shmall,
		.used = sysv->pages,
	};
	rows[2] = (struct limit_row){
		.name = "SHMMAX",
		.sysctl = "kernel.shmmax",
		.unit = UNIT_BYTES,
		.limit = sysv->shmmax,
		.used = limits->largest,
	};
	rows[3] = (struct limit_row){
		.name = "SHMMIN",
		.unit = UNIT_BYTES,
		.limit = LIMITS_SHMMIN,
		.used = LIMITS_UNKNOWN,
	};
	for (unsigned int i = 0; i < LIMIT_ROWS; i++)
		complete_row(limits, &rows[i]);
}

enum limit limits_refusing(const struct limits *limits, uint64_t size)
{
	const struct sysv_limits *sysv = &limits->sysv;

	if (size > sysv->shmmax)
		return LIMIT_SHMMAX;
	if (sysv->pages > sysv->shmall ||
	    limits_pages(limits, size) > sysv->shmall - sysv->pages)
		return LIMIT_SHMALL;
	return sysv->segments >= sysv->shmmni ? LIMIT_SHMMNI : LIMIT_NONE;
}

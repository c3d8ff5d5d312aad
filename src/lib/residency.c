/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "residency.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "content.h"

#ifndef MADV_POPULATE_READ /* Linux 5.14 */
#define MADV_POPULATE_READ 22
#endif

enum {
	PIECE = 1 << 20, /* how much is read back at a time */
	TRIES = 16,	 /* some of which wait for a disk, for a hundredth of a second */
};

struct range {
	char *at;
	size_t length;
};

/*
 * KiB that are swapped out of all mappings that overlap the range, by /proc/self/smaps;
 * -1 if that does not tell. A mapping of a part of a segment has that of its part
 * (shmem_swap_usage() in mm/shmem.c), whether the caller has touched it or not.
 */
static int64_t swapped(const struct range *range)
{
	const uintptr_t start = (uintptr_t)range->at;
	FILE *file = fopen("/proc/self/smaps", "re");
	int64_t sum = 0;
	intmax_t kib;
	bool inside = false, seen = false;
	uintmax_t from, to;
	char *line = NULL;
	size_t room = 0;

	if (!file)
		return -1;
	while (getline(&line, &room, file) > 0) {
		if (sscanf(line, "%jx-%jx ", &from, &to) == 2) {
			inside = from < start + range->length && to > start;
		} else if (inside && sscanf(line, "Swap: %jd", &kib) == 1) {
			sum += kib;
			seen = true;
		}
	}
	free(line);
	fclose(file);
	return seen ? sum : -1;
}

static size_t page_count(const struct range *range)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);

	return (range->length + page - 1) / page;
}

static int look(const struct range *range, unsigned char *pages)
{
	if (mincore(range->at, range->length, pages))
		return -1;
	for (size_t i = 0; i < page_count(range); i++)
		pages[i] &= 1;
	return 0;
}

/* Look at what is in no other place than memory: nothing is swapped, before and after. */
static int look_surely(const struct range *range, unsigned char *pages)
{
	if (swapped(range) || look(range, pages))
		return -1;
	return swapped(range) ? -1 : 0;
}

/*
 * A page that was read back is in the swap cache, and counts as swapped out still. To
 * touch it makes it a page of the segment again; a hole is not touched.
 */
static int touch(const struct range *range, const unsigned char *pages)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE), count = page_count(range);

	for (size_t i = 0, end; i < count; i = end) {
		for (end = i + 1; end < count && pages[end] == pages[i]; end++)
			;
		if (pages[i] &&
		    madvise(range->at + i * page, (end - i) * page, MADV_POPULATE_READ))
			return -1;
	}
	return 0;
}

/*
 * Read back what is swapped out of the range. Where memory is limited (cgroups(7)) that
 * may push out the rest of it, again and again: then this does not succeed.
 */
static int bring_back(const struct range *range, unsigned char *pages)
{
	const struct timespec moment = {.tv_nsec = 10000000};
	int64_t before = swapped(range), now;

	for (int i = 0; before > 0 && i < TRIES; i++, before = now) {
		if (madvise(range->at, range->length, MADV_WILLNEED) ||
		    look(range, pages) || touch(range, pages))
			return -1;
		now = swapped(range);
		if (now == before)
			nanosleep(&moment, NULL);
	}
	return before ? -1 : 0;
}

/* Look at a range as a mapping of its own, which a flag of no consequence makes it. */
static int look_alone(const struct range *range, unsigned char *pages)
{
	int result;

	if (madvise(range->at, range->length, MADV_DONTDUMP))
		return -1;
	result = look_surely(range, pages);
	if (result && range->length <= PIECE && bring_back(range, pages) == 0)
		result = look_surely(range, pages);
	madvise(range->at, range->length, MADV_DODUMP);
	return result;
}

/* Where some of it is swapped out: as large ranges as have nothing there. */
/* NOLINTNEXTLINE(misc-no-recursion): each time half as large, so 64 times at most. */
static void look_closely(const struct range *range, unsigned char *pages)
{
	const size_t half = range->length / 2 / PIECE * PIECE;
	const struct range low = {range->at, half ? half : PIECE},
			   high = {range->at + low.length, range->length - low.length};

	if (look_alone(range, pages) == 0)
		return;
	if (range->length > PIECE) {
		look_closely(&low, pages);
		look_closely(&high, pages + page_count(&low));
	} else {
		memset(pages, 1, page_count(range));
	}
}

int residency_look(const struct content *content, uint64_t offset, size_t length,
		   unsigned char *pages)
{
	const struct range range = {content->at + offset, length};

	if (content->page_size != (uint64_t)sysconf(_SC_PAGESIZE) || swapped(&range) < 0)
		return -1;
	if (look_surely(&range, pages))
		look_closely(&range, pages);
	return 0;
}

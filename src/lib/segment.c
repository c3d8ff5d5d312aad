/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "segment.h"

#include <sys/stat.h>

bool segment_same(const struct segment *a, const struct segment *b)
{
	return a->id == b->id && a->key == b->key && a->cuid == b->cuid &&
	       a->cgid == b->cgid && a->cpid == b->cpid && a->size == b->size &&
	       a->ctime == b->ctime;
}

bool segment_remains(const struct segment *before, const struct segment *after)
{
	return before->id == after->id && (after->dest || before->key == after->key) &&
	       before->cuid == after->cuid && before->cgid == after->cgid &&
	       before->cpid == after->cpid && before->size == after->size &&
	       (after->atime || !before->atime) && (after->dtime || !before->dtime);
}

bool segment_untouched(const struct segment *a, const struct segment *b)
{
	return segment_same(a, b) && a->uid == b->uid && a->gid == b->gid &&
	       a->mode == b->mode && a->dest == b->dest && a->locked == b->locked &&
	       a->nattch == b->nattch && a->lpid == b->lpid && a->atime == b->atime &&
	       a->dtime == b->dtime;
}

bool segment_can_be(const struct segment *segment, const struct stat *file)
{
	return file->st_uid == segment->cuid && file->st_gid == segment->cgid &&
	       (uint64_t)file->st_size >= segment->size;
}

int64_t segment_newest_stamp(const struct segment *segment)
{
	int64_t newest = segment->ctime;

	if (segment->atime > newest)
		newest = segment->atime;
	if (segment->dtime > newest)
		newest = segment->dtime;
	return newest;
}

/* Whether so much is no more than the size, rounded up to whole pages. */
static bool fits(const struct segment *segment, uint64_t bytes, uint64_t page)
{
	return bytes <= segment->size || bytes - segment->size < page;
}

bool segment_exceeds_size(const struct segment *segment, uint64_t page)
{
	return segment->rss != SEGMENT_UNKNOWN && !fits(segment, segment->rss, page);
}

/* What rss, so many times too large, means if the segment is of such pages; 0: nothing. */
static uint64_t meaning(const struct segment *segment, uint64_t factor, uint64_t huge)
{
	const uint64_t rss = segment->rss / factor;

	return segment->rss % factor == 0 && rss % huge == 0 && fits(segment, rss, huge)
		       ? rss
		       : 0;
}

void segment_mend_rss(struct segment *segment, uint64_t page, const uint64_t *huge,
		      unsigned int sizes)
{
	uint64_t rss = SEGMENT_UNKNOWN, of = 0;
	unsigned int meanings = 0;

	for (unsigned int i = 0; i < sizes; i++) {
		const uint64_t factors[] = {1, huge[i] / page};

		for (unsigned int j = 0; j < 2 && factors[1] > 1; j++)
			if (meaning(segment, factors[j], huge[i])) {
				rss = meaning(segment, factors[j], huge[i]);
				of = huge[i];
				meanings++;
			}
	}
	segment->rss = meanings == 1 ? rss : SEGMENT_UNKNOWN;
	segment->huge = meanings == 1 ? of : 0;
}

uint64_t segment_sum(uint64_t a, uint64_t b)
{
	/* The largest number is what SEGMENT_UNKNOWN is. */
	return a > UINT64_MAX - b ? SEGMENT_UNKNOWN : a + b;
}

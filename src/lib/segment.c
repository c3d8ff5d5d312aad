/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "segment.h"

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
	       before->cpid == after->cpid && before->size == after->size;
}

bool segment_untouched(const struct segment *a, const struct segment *b)
{
	return segment_same(a, b) && a->uid == b->uid && a->gid == b->gid &&
	       a->mode == b->mode && a->dest == b->dest && a->locked == b->locked &&
	       a->nattch == b->nattch && a->lpid == b->lpid && a->atime == b->atime &&
	       a->dtime == b->dtime;
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

uint64_t segment_sum(uint64_t a, uint64_t b)
{
	/* The largest number is what SEGMENT_UNKNOWN is. */
	return a > UINT64_MAX - b ? SEGMENT_UNKNOWN : a + b;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "segment.h"

bool segment_same(const struct segment *a, const struct segment *b)
{
	return a->id == b->id && a->key == b->key && a->cuid == b->cuid &&
	       a->cgid == b->cgid && a->cpid == b->cpid && a->size == b->size &&
	       a->ctime == b->ctime;
}

bool segment_untouched(const struct segment *a, const struct segment *b)
{
	return segment_same(a, b) && a->uid == b->uid && a->gid == b->gid &&
	       a->mode == b->mode && a->dest == b->dest && a->locked == b->locked &&
	       a->nattch == b->nattch && a->lpid == b->lpid && a->atime == b->atime &&
	       a->dtime == b->dtime;
}

uint64_t segment_sum(uint64_t a, uint64_t b)
{
	/* The largest number is what SEGMENT_UNKNOWN is. */
	return a > UINT64_MAX - b ? SEGMENT_UNKNOWN : a + b;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Changing segments, and never another than the one that was meant. */
#ifndef SHMTOOL_CHANGE_H
#define SHMTOOL_CHANGE_H

#include <limits.h>
#include <stdbool.h>

#include "segment.h"
#include "select.h"

/* What is asked for. */
struct wish {
	struct some_id owner, group;
	unsigned int mode; /* WISH_ANY_MODE: as it is */
	bool lock, unlock; /* neither: as it is */
};

#define WISH_ANY_MODE UINT_MAX

/* Whether it asks for anything; and for anything that IPC_SET does. */
bool wish_is_set(const struct wish *wish);
bool wish_sets(const struct wish *wish);

/* What the segment would be then. */
struct segment wish_applied(const struct wish *wish, const struct segment *segment);

enum changed {
	CHANGED_DONE,
	CHANGED_NOTHING,  /* it is so already: no call was made */
	CHANGED_ABSENT,	  /* it is gone */
	CHANGED_OTHER,	  /* left alone: another has this id, or this one was changed */
	CHANGED_UNMAPPED, /* left alone: IPC_SET would give it away */
	CHANGED_STRAY, /* another with its id was set, and given back (aimed.h): see now */
	CHANGED_AGAIN,	    /* the kernel said yes, but it is not so afterwards */
	CHANGED_NOT_LOCKED, /* neither changed otherwise; see error */
	CHANGED_NOT_SET, /* see error; EINVAL: the new owner or group has no number here */
	CHANGED_NOT_LOOKED, /* a look failed; see error */
};

struct changing {
	struct segment seen;   /* in: what was meant, as it was looked up */
	struct segment before; /* out: right before the first call */
	struct segment wanted; /* out: as it should have become */
	struct segment now;    /* out: as it was seen last */
	enum changed outcome;  /* out */
	bool relocked;	       /* out: it was locked or unlocked, whatever came then */
	int error;	       /* out: errno */
};

/* Whether owner, group, mode and lock are equal in both. */
bool change_is_none(const struct segment *before, const struct segment *after);

/*
 * Change a segment as wished. What the id names is looked at again right before each call,
 * and left alone unless it is the same (segment_same()), with the same owner, group and
 * mode. What is not wished for keeps the value of that look: who changes it between the
 * look and the call loses the change. Afterwards it is looked at once more: if it is another
 * that was set, it is given back.
 *
 * It is locked or unlocked first: who gives it away may not do that any more.
 *
 * all_mapped: the caller's user namespace has a number for everybody; else a segment whose
 * owner or group may have none (unmapped.h) is not set.
 */
void change(struct changing *changing, const struct wish *wish, bool all_mapped);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "change.h"

#include <errno.h>

#include "aimed.h"
#include "sysv.h"
#include "unmapped.h"

bool wish_sets(const struct wish *wish)
{
	return wish->owner.set || wish->group.set || wish->mode != WISH_ANY_MODE;
}

bool wish_is_set(const struct wish *wish)
{
	return wish_sets(wish) || wish->lock || wish->unlock;
}

struct segment wish_applied(const struct wish *wish, const struct segment *segment)
{
	struct segment wanted = *segment;

	if (wish->owner.set)
		wanted.uid = wish->owner.id;
	if (wish->group.set)
		wanted.gid = wish->group.id;
	if (wish->mode != WISH_ANY_MODE)
		wanted.mode = wish->mode;
	if (wish->lock || wish->unlock)
		wanted.locked = wish->lock;
	return wanted;
}

/* Whether what IPC_SET sets is equal in both. */
static bool is_set_alike(const struct segment *a, const struct segment *b)
{
	return a->uid == b->uid && a->gid == b->gid && a->mode == b->mode;
}

bool change_is_none(const struct segment *before, const struct segment *after)
{
	return is_set_alike(before, after) && before->locked == after->locked;
}

static bool end(struct changing *changing, enum changed outcome)
{
	changing->outcome = outcome;
	return false;
}

static bool fail(struct changing *changing, enum changed outcome)
{
	changing->error = errno;
	return end(changing, errno == ENOENT ? CHANGED_ABSENT : outcome);
}

/* The last look before something is done to it. Returns false if that ends it. */
static bool look(struct changing *changing)
{
	const struct segment *seen = &changing->seen, *now = &changing->now;

	if (sysv_stat(seen->id, &changing->now))
		return fail(changing, CHANGED_NOT_LOOKED);
	/* ctime is a number of seconds: more can have happened in the one that was seen. */
	if (!segment_same(seen, now) || !is_set_alike(seen, now))
		return end(changing, CHANGED_OTHER);
	return true;
}

/* Whether it is there still, as it has become. If not, that is the end. */
static bool look_after(struct changing *changing)
{
	if (sysv_stat(changing->seen.id, &changing->now))
		return fail(changing, CHANGED_NOT_LOOKED);
	if (!segment_remains(&changing->seen, &changing->now))
		return end(changing, CHANGED_ABSENT);
	return true;
}

static bool set(struct changing *changing)
{
	int error;

	if (aimed_set(&changing->now, &changing->wanted) == 0)
		return true;
	error = errno;
	if (error == ESTALE) {
		sysv_stat(changing->seen.id, &changing->now); /* the other one */
		changing->error = error;
		return end(changing, CHANGED_STRAY);
	}
	/* It may be locked by now, and "absent" is also said of a user without number. */
	if (look_after(changing)) {
		errno = error == ENOENT ? EINVAL : error;
		fail(changing, CHANGED_NOT_SET);
	}
	return false;
}

void change(struct changing *changing, const struct wish *wish, bool all_mapped)
{
	const struct segment *before = &changing->before, *wanted = &changing->wanted;

	if (!look(changing))
		return;
	changing->before = changing->now;
	changing->wanted = wish_applied(wish, before);
	if (wish_sets(wish) && !all_mapped && unmapped_owns(unmapped_read(), before)) {
		end(changing, CHANGED_UNMAPPED);
		return;
	}
	if (change_is_none(before, wanted)) {
		end(changing, CHANGED_NOTHING);
		return;
	}
	if (before->locked != wanted->locked) {
		if (sysv_lock(before->id, wanted->locked)) {
			fail(changing, CHANGED_NOT_LOCKED);
			return;
		}
		changing->relocked = true;
		if (!is_set_alike(before, wanted) && !look(changing))
			return;
	}
	if (!is_set_alike(before, wanted) && !set(changing))
		return;
	if (look_after(changing))
		end(changing, change_is_none(&changing->now, wanted) ? CHANGED_DONE
								     : CHANGED_AGAIN);
}

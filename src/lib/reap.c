/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reap.h"

#include <errno.h>

#include "fence.h"
#include "sysv.h"
#include "unmapped.h"

static bool end(struct reaping *reaping, enum reaped outcome)
{
	reaping->outcome = outcome;
	return false;
}

static bool fail(struct reaping *reaping)
{
	reaping->error = errno;
	if (errno != ESTALE)
		return end(reaping, errno == ENOENT ? REAPED_ABSENT : REAPED_FAILED);
	sysv_stat(reaping->seen.id, &reaping->now); /* the other one, as it is now */
	return end(reaping, REAPED_STRAY);
}

/* The last look before something is done to it. Returns false if that ends it. */
static bool look(struct reaping *reaping, bool unused)
{
	const struct segment *seen = &reaping->seen, *now = &reaping->now;

	if (sysv_stat(seen->id, &reaping->now))
		return fail(reaping);
	if (!segment_same(seen, now))
		return end(reaping, REAPED_CHANGED);
	if (unused && (now->nattch || !segment_untouched(seen, now)))
		return end(reaping, REAPED_USED);
	return true;
}

static void destroy(struct reaping *reaping)
{
	int id = reaping->seen.id;

	if (sysv_remove(id)) {
		fail(reaping);
		return;
	}
	reaping->done = true;
	/* There is no "remove if unattached": only a second look tells what it did. */
	if (sysv_stat(id, &reaping->now) == 0)
		end(reaping, reaping->now.dest ? REAPED_MARKED : REAPED_REMOVED);
	else if (errno == ENOENT)
		end(reaping, REAPED_REMOVED);
	else
		fail(reaping);
}

void reap(struct reaping *reaping, bool unused)
{
	if (look(reaping, unused))
		destroy(reaping);
}

/* Whether it is as it was when it was closed, but for what closing itself has done. */
static bool is_unused_still(const struct segment *now, const struct closed *closed)
{
	struct segment expected = closed->segment;

	if (closed->closed) {
		expected.mode = 0;
		expected.ctime = now->ctime;
	}
	return now->nattch == 0 && segment_untouched(&expected, now);
}

/* Look, and close it. That ends it, unless it is in the fence then. */
static void begin(struct reaping *reaping, struct fence *fence,
		  const struct unmapped *unmapped)
{
	if (!look(reaping, true))
		return;
	if (unmapped && unmapped_owns(*unmapped, &reaping->now)) {
		errno = EOVERFLOW;
		fail(reaping);
	} else if (fence_close(fence, &reaping->now)) {
		fail(reaping);
	}
}

/* Behind the fence: remove it, or open it again. */
static void finish(struct reaping *reaping, struct closed *closed)
{
	if (sysv_stat(reaping->seen.id, &reaping->now))
		fail(reaping);
	else if (is_unused_still(&reaping->now, closed))
		destroy(reaping);
	else
		end(reaping, REAPED_USED);

	/* Also one that is marked: who has its id can attach it until its last attach goes. */
	if (reaping->outcome != REAPED_REMOVED && fence_open(closed))
		fail(reaping);
	closed->closed = false;
}

int reap_fenced(struct reaping *batch, size_t count, bool all_mapped, int *patience,
		sigset_t *before)
{
	struct unmapped unmapped;
	struct fence fence;
	bool by_kernel;
	size_t next = 0;

	sigprocmask(SIG_BLOCK, NULL, before);
	if (count == 0)
		return 1;
	if (!all_mapped)
		unmapped = unmapped_read();
	if (fence_begin(&fence, count, patience, before))
		return -1;
	for (size_t i = 0; i < count; i++)
		begin(&batch[i], &fence, all_mapped ? NULL : &unmapped);
	by_kernel = fence.count == 0 || fence_settle();
	/* What is in the fence is there in the same order. */
	for (size_t i = 0; i < count && next < fence.count; i++)
		if (batch[i].seen.id == fence.item[next].segment.id)
			finish(&batch[i], &fence.item[next++]);
	fence_end(&fence);
	return by_kernel;
}

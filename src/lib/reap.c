/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reap.h"

#include <errno.h>

#include "segment.h"
#include "sysv.h"

int reap_segment(const struct segment *seen, bool unused, struct segment *now)
{
	if (sysv_stat(seen->id, now))
		return errno == ENOENT ? REAPED_ABSENT : -1;
	if (!segment_same(seen, now))
		return REAPED_CHANGED;
	if (unused && (now->nattch || !segment_untouched(seen, now)))
		return REAPED_USED;

	if (sysv_remove(seen->id))
		return errno == ENOENT ? REAPED_ABSENT : -1;
	/* There is no "remove if unattached": only a second look tells what it did. */
	if (sysv_stat(seen->id, now))
		return errno == ENOENT ? REAPED_REMOVED : -1;
	return now->dest ? REAPED_MARKED : REAPED_REMOVED;
}

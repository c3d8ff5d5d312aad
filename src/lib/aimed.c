/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aimed.h"

#include <errno.h>

#include "segment.h"
#include "sysv.h"

enum { RETURNED = 0600 };

/* Whether one has what was set for the other. */
static bool is_set_as(const struct segment *now, const struct segment *wanted)
{
	return now->uid == wanted->uid && now->gid == wanted->gid &&
	       now->mode == wanted->mode;
}

void aimed_return(const struct segment *stranger)
{
	enum { TRIES = 3 };
	struct segment own = *stranger, now;

	/* That is an IPC_SET by an id, too: it can hit the next one. */
	for (int i = 0; i < TRIES; i++) {
		own.uid = own.cuid;
		own.gid = own.cgid;
		own.mode = RETURNED;
		if (sysv_set(&own) || sysv_stat(own.id, &now) ||
		    segment_remains(&own, &now) || !is_set_as(&now, &own))
			return;
		own = now;
	}
}

bool aimed_is_returned(const struct segment *stranger)
{
	return stranger->uid == stranger->cuid && stranger->gid == stranger->cgid &&
	       stranger->mode == RETURNED;
}

int aimed_set(const struct segment *seen, const struct segment *wanted)
{
	struct segment now;

	if (sysv_set(wanted))
		return -1;
	if (sysv_stat(seen->id, &now) || segment_remains(seen, &now))
		return 0;
	if (!is_set_as(&now, wanted)) { /* it was made after the call */
		errno = ENOENT;
		return -1;
	}
	aimed_return(&now);
	errno = ESTALE;
	return -1;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fit.h"

#include <stdbool.h>

#include "segment.h"

/* Two that have no number look alike. */
static bool is_user(const struct need *need, uid_t shown, uid_t wanted)
{
	return shown == wanted && shown != need->unmapped;
}

enum fit fit(const struct need *need, const struct segment *segment)
{
	if (segment->size < need->size)
		return FIT_NOT_SIZE;
	if (!is_user(need, segment->uid, need->owner))
		return FIT_NOT_OWNER;
	if (need->group.set && segment->gid != need->group.id)
		return FIT_NOT_GROUP;
	if (!is_user(need, segment->cuid, need->caller) &&
	    !is_user(need, segment->cuid, need->owner) && segment->cuid != 0)
		return FIT_NOT_CREATOR;
	return FIT;
}

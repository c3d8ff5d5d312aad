/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "access.h"

#include "segment.h"

static bool is_same(const struct caller *caller, unsigned int a, unsigned int b)
{
	return a == b && (caller->all_mapped || a != ACCESS_NOBODY);
}

static bool is_member(const struct caller *caller, gid_t gid)
{
	if (is_same(caller, caller->gid, gid))
		return true;
	for (size_t i = 0; i < caller->count; i++)
		if (is_same(caller, caller->groups[i], gid))
			return true;
	return false;
}

static bool is_owner(const struct segment *segment, const struct caller *caller)
{
	return is_same(caller, caller->uid, segment->uid) ||
	       is_same(caller, caller->uid, segment->cuid);
}

static bool may(const struct segment *segment, const struct caller *caller,
		unsigned int bits)
{
	unsigned int granted = segment->mode;

	if (is_owner(segment, caller))
		granted >>= 6;
	else if (is_member(caller, segment->gid) || is_member(caller, segment->cgid))
		granted >>= 3;
	return caller->may_all || (granted & bits) == bits;
}

bool access_read(const struct segment *segment, const struct caller *caller)
{
	return may(segment, caller, 04);
}

bool access_write(const struct segment *segment, const struct caller *caller)
{
	return may(segment, caller, 06);
}

bool access_remove(const struct segment *segment, const struct caller *caller)
{
	return caller->may_remove || is_owner(segment, caller);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unmapped.h"

#include "access.h"
#include "segment.h"
#include "sysctl.h"

struct unmapped unmapped_read(void)
{
	struct unmapped unmapped = {ACCESS_NOBODY, ACCESS_NOBODY};

	sysctl_read(SYSCTL_OVERFLOW_UID, &unmapped.user);
	sysctl_read(SYSCTL_OVERFLOW_GID, &unmapped.group);
	return unmapped;
}

bool unmapped_owns(struct unmapped unmapped, const struct segment *segment)
{
	return segment->uid == ACCESS_NOBODY || segment->uid == unmapped.user ||
	       segment->gid == ACCESS_NOBODY || segment->gid == unmapped.group;
}

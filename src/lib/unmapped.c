/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unmapped.h"

#include "segment.h"
#include "sysctl.h"

/* Whether the kernel may show one number for all that the user namespace has none for. */
static bool is_stand_in(const char *sysctl, unsigned int id)
{
	uint64_t number;

	return id == 65534 || (sysctl_read(sysctl, &number) == 0 && id == number);
}

bool unmapped_owns(const struct segment *segment)
{
	return is_stand_in(SYSCTL_OVERFLOW_UID, segment->uid) ||
	       is_stand_in(SYSCTL_OVERFLOW_GID, segment->gid);
}

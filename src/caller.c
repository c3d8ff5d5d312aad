/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "caller.h"

#include <err.h>
#include <stdlib.h>
#include <unistd.h>

#include "privilege.h"

gid_t *caller_learn(struct caller *caller, unsigned int held)
{
	const bool counts = privilege_owns_namespace();
	int count = getgroups(0, NULL);
	gid_t *groups = calloc((size_t)count + 1, sizeof(groups[0]));

	if (!groups) {
		warn(NULL);
		return NULL;
	}
	count = getgroups(count, groups);
	*caller = (struct caller){
		.uid = geteuid(),
		.gid = getegid(),
		.groups = groups,
		.count = count > 0 ? (size_t)count : 0,
		.all_mapped = privilege_maps_all_users(),
		.may_all = counts && (held & PRIVILEGE_IPC_OWNER),
		.may_remove = counts && (held & PRIVILEGE_SYS_ADMIN),
	};
	return groups;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "privilege.h"

#include <cap-ng.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <unistd.h>

static const struct {
	enum privilege privilege;
	unsigned int capability;
} table[] = {
	{PRIVILEGE_SYS_PTRACE, CAP_SYS_PTRACE},
	{PRIVILEGE_SYS_ADMIN, CAP_SYS_ADMIN},
	{PRIVILEGE_IPC_OWNER, CAP_IPC_OWNER},
	{PRIVILEGE_IPC_LOCK, CAP_IPC_LOCK},
	{PRIVILEGE_DAC_READ_SEARCH, CAP_DAC_READ_SEARCH},
	{PRIVILEGE_CHECKPOINT_RESTORE, CAP_CHECKPOINT_RESTORE},
	{PRIVILEGE_DAC_OVERRIDE, CAP_DAC_OVERRIDE},
};

enum { CAPABILITIES = sizeof(table) / sizeof(table[0]) };

static bool holds(unsigned int capability)
{
	return capng_have_capability(CAPNG_PERMITTED, capability);
}

int privilege_keep(unsigned int set)
{
	bool keep[CAPABILITIES], bounds;

	if (capng_get_caps_process())
		return -1;
	/* To ask for one that is not held fails, and then nothing at all is dropped. */
	for (size_t i = 0; i < CAPABILITIES; i++)
		keep[i] = (set & table[i].privilege) && holds(table[i].capability);
	bounds = capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP);

	capng_clear(CAPNG_SELECT_ALL);
	for (size_t i = 0; i < CAPABILITIES; i++)
		if (keep[i] && capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED,
					    table[i].capability))
			return -1;
	if (capng_apply(bounds ? CAPNG_SELECT_ALL : CAPNG_SELECT_CAPS))
		return -1;
	return prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL);
}

unsigned int privilege_held(void)
{
	unsigned int held = 0;

	if (capng_get_caps_process())
		return 0;
	for (size_t i = 0; i < CAPABILITIES; i++)
		if (capng_have_capability(CAPNG_EFFECTIVE, table[i].capability))
			held |= table[i].privilege;
	return held;
}

bool privilege_owns_namespace(void)
{
	int ipc = open("/proc/self/ns/ipc", O_RDONLY | O_CLOEXEC), owner;

	if (ipc < 0)
		return true;
	owner = ioctl(ipc, NS_GET_USERNS);
	close(ipc);
	if (owner < 0)
		return errno != EPERM;
	close(owner);
	return true;
}

static bool maps_all(const char *path)
{
	FILE *file = fopen(path, "re");
	unsigned int inside, outside, count;
	bool all = file && fscanf(file, "%u %u %u", &inside, &outside, &count) == 3 &&
		   inside == 0 && count == UINT_MAX;

	if (file)
		fclose(file);
	return all;
}

bool privilege_maps_all_users(void)
{
	return maps_all("/proc/self/uid_map") && maps_all("/proc/self/gid_map");
}

bool privilege_over_all_segments(void)
{
	return holds(CAP_SYS_ADMIN) && privilege_owns_namespace();
}

bool privilege_locks_all_segments(void)
{
	return holds(CAP_IPC_LOCK) && privilege_owns_namespace();
}

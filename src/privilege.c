/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "privilege.h"

#include <cap-ng.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/nsfs.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

const struct privilege_row *privilege_rows(void)
{
	static const struct privilege_row rows[] = {
		{PRIVILEGE_SYS_PTRACE, CAP_SYS_PTRACE, "cap_sys_ptrace",
		 "look into other users' processes, also under hidepid"},
		{PRIVILEGE_SYS_ADMIN, CAP_SYS_ADMIN, "cap_sys_admin",
		 "remove and change other users' segments"},
		{PRIVILEGE_IPC_OWNER, CAP_IPC_OWNER, "cap_ipc_owner",
		 "attach segments whatever their permissions"},
		{PRIVILEGE_IPC_LOCK, CAP_IPC_LOCK, "cap_ipc_lock",
		 "lock other users' segments, beyond limits, and have huge pages"},
		{PRIVILEGE_DAC_READ_SEARCH, CAP_DAC_READ_SEARCH, "cap_dac_read_search",
		 "go into every directory"},
		{PRIVILEGE_CHECKPOINT_RESTORE, CAP_CHECKPOINT_RESTORE,
		 "cap_checkpoint_restore",
		 "move pages uncopied, through the file behind them"},
		{PRIVILEGE_DAC_OVERRIDE, CAP_DAC_OVERRIDE, "cap_dac_override",
		 "put a file into any directory, with --output alone"},
		{0},
	};

	return rows;
}

bool privilege_is_lent(void)
{
	return getuid() != geteuid() || getgid() != getegid();
}

static bool holds(unsigned int capability)
{
	return capng_have_capability(CAPNG_PERMITTED, capability);
}

static bool keeps(unsigned int set, unsigned int capability)
{
	const struct privilege_row *row = privilege_rows();

	while (row->name && row->capability != capability)
		row++;
	return row->name && (set & row->privilege);
}

/*
 * By the kernel's own word: libcap-ng returns 0 also where the bounding set is unchanged,
 * and reads that from a /proc that may be anybody's.
 */
static bool is_reduced(unsigned int set, bool bounds)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct now[_LINUX_CAPABILITY_U32S_3];
	int bound;

	if (syscall(SYS_capget, &header, now))
		return false;
	for (unsigned int i = 0; i < 64; i++) {
		const struct __user_cap_data_struct *word = &now[i / 32];
		const uint32_t bit = UINT32_C(1) << i % 32;

		if ((word->inheritable & bit) ||
		    (((word->effective | word->permitted) & bit) && !keeps(set, i)))
			return false;
	}
	/* Without inheritable ones, none is ambient. -1: the kernel has no more of them. */
	for (unsigned long i = 0; bounds && (bound = prctl(PR_CAPBSET_READ, i)) >= 0; i++)
		if (bound)
			return false;
	return true;
}

int privilege_keep(unsigned int set)
{
	const struct privilege_row *row = privilege_rows();
	unsigned int held = 0;
	bool bounds;

	if (capng_get_caps_process())
		return -1;
	/* To ask for one that is not held fails, and then nothing at all is dropped. */
	for (; row->name; row++)
		if ((set & row->privilege) && holds(row->capability))
			held |= row->privilege;
	bounds = capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP);

	capng_clear(CAPNG_SELECT_ALL);
	for (row = privilege_rows(); row->name; row++)
		if ((held & row->privilege) &&
		    capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED,
				 row->capability))
			return -1;
	if (capng_apply(bounds ? CAPNG_SELECT_ALL : CAPNG_SELECT_CAPS))
		return -1;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL))
		return -1;
	return is_reduced(held, bounds) ? 0 : -1;
}

unsigned int privilege_held(void)
{
	const struct privilege_row *row = privilege_rows();
	unsigned int held = 0;

	if (capng_get_caps_process())
		return 0;
	for (; row->name; row++)
		if (capng_have_capability(CAPNG_EFFECTIVE, row->capability))
			held |= row->privilege;
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

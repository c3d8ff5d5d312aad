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
		 "lock other users' segments, beyond limits; have huge pages"},
		{PRIVILEGE_DAC_READ_SEARCH, CAP_DAC_READ_SEARCH, "cap_dac_read_search",
		 "go into every directory"},
		{PRIVILEGE_CHECKPOINT_RESTORE, CAP_CHECKPOINT_RESTORE,
		 "cap_checkpoint_restore",
		 "see the file behind a mapping; move pages uncopied"},
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

/* The sets of this process, a bit for each capability. */
struct sets {
	uint64_t effective, permitted, inheritable;
};

/* By the kernel's own word: libcap-ng also asks a /proc that may be anybody's, and slow. */
static int read_sets(struct sets *sets)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct low_high[_LINUX_CAPABILITY_U32S_3] = {0};

	if (syscall(SYS_capget, &header, low_high))
		return -1;
	*sets = (struct sets){
		.effective = low_high[0].effective | (uint64_t)low_high[1].effective
							     << 32,
		.permitted = low_high[0].permitted | (uint64_t)low_high[1].permitted
							     << 32,
		.inheritable = low_high[0].inheritable | (uint64_t)low_high[1].inheritable
								 << 32,
	};
	return 0;
}

static uint64_t bit(unsigned int capability)
{
	return UINT64_C(1) << capability;
}

static bool holds(unsigned int capability)
{
	struct sets sets;

	/* In doubt yes: the kernel has the last word anyway. */
	return read_sets(&sets) || (sets.permitted & bit(capability));
}

/* libcap-ng returns 0 also where a set is not as it was asked for. */
static bool is_reduced_to(uint64_t kept, bool bounds)
{
	struct sets sets;
	int bound;

	if (read_sets(&sets) || ((sets.effective | sets.permitted) & ~kept) ||
	    sets.inheritable)
		return false;
	/* Without inheritable ones, none is ambient. -1: the kernel has no more of them. */
	for (unsigned long i = 0; bounds && (bound = prctl(PR_CAPBSET_READ, i)) >= 0; i++)
		if (bound)
			return false;
	return true;
}

int privilege_keep(unsigned int set)
{
	uint64_t kept = 0;
	struct sets sets;
	bool bounds;

	if (read_sets(&sets))
		return -1;
	bounds = sets.effective & bit(CAP_SETPCAP);
	capng_clear(CAPNG_SELECT_ALL);
	for (const struct privilege_row *row = privilege_rows(); row->name; row++) {
		/* To ask for one that is not held fails, and then nothing is dropped. */
		if (!(set & row->privilege) || !(sets.permitted & bit(row->capability)))
			continue;
		kept |= bit(row->capability);
		if (capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED,
				 row->capability))
			return -1;
	}
	if (capng_apply(bounds ? CAPNG_SELECT_ALL : CAPNG_SELECT_CAPS) ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL))
		return -1;
	return is_reduced_to(kept, bounds) ? 0 : -1;
}

unsigned int privilege_held(void)
{
	unsigned int held = 0;
	struct sets sets;

	if (read_sets(&sets))
		return 0;
	for (const struct privilege_row *row = privilege_rows(); row->name; row++)
		if (sets.effective & bit(row->capability))
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

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "moment.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>

/* Whether the file system was made when it was mounted. ctime cannot be set there. */
static bool lives_in_memory(const char *path)
{
	struct statfs fs;

	if (statfs(path, &fs))
		return false;
	switch ((unsigned long)fs.f_type) {
	case PROC_SUPER_MAGIC:
	case RAMFS_MAGIC:
	case SYSFS_MAGIC:
	case TMPFS_MAGIC: /* and devtmpfs */
		return true;
	default:
		return false;
	}
}

static int64_t oldest_stamp(void)
{
	static const char *const witnesses[] = {"/dev", "/dev/null", "/proc", "/proc/1",
						"/sys"};
	int64_t oldest = INT64_MAX;
	struct stat st;

	for (size_t i = 0; i < sizeof(witnesses) / sizeof(witnesses[0]); i++)
		if (lives_in_memory(witnesses[i]) && stat(witnesses[i], &st) == 0 &&
		    st.st_ctim.tv_sec < oldest)
			oldest = st.st_ctim.tv_sec;
	return oldest;
}

/*
 * Whether the offsets in /proc/self are those of our own time namespace: they are of the
 * one that children get, which unshare(2) changes for a process that goes on.
 */
static bool offsets_are_ours(void)
{
	struct stat own, children;

	return stat("/proc/self/ns/time", &own) == 0 &&
	       stat("/proc/self/ns/time_for_children", &children) == 0 &&
	       own.st_dev == children.st_dev && own.st_ino == children.st_ino;
}

/* Whether /proc shows our namespaces, and time is none of them: CONFIG_TIME_NS=n. */
static bool kernel_has_no_offsets(void)
{
	struct stat st;

	return stat("/proc/self/ns/ipc", &st) == 0 && stat("/proc/self/ns/time", &st) &&
	       errno == ENOENT;
}

/* By how much CLOCK_BOOTTIME is ahead here, s. Returns 0, or -1 if that is not known. */
static int boottime_offset(int64_t *offset)
{
	char line[128];
	FILE *file;
	int got = 0;

	*offset = 0;
	if (kernel_has_no_offsets())
		return 0;
	if (!offsets_are_ours())
		return -1;
	file = fopen("/proc/self/timens_offsets", "re");
	if (!file)
		return -1;
	while (got != 1 && fgets(line, sizeof(line), file))
		got = sscanf(line, "boottime %" SCNd64, offset);
	fclose(file);
	return got == 1 ? 0 : -1;
}

struct moment moment_present(void)
{
	struct timespec now, up;
	struct moment moment = {.witness = oldest_stamp()};
	int64_t offset;

	clock_gettime(CLOCK_REALTIME, &now);
	clock_gettime(CLOCK_BOOTTIME, &up);
	moment.now = now.tv_sec;
	moment.boot = now.tv_sec - up.tv_sec;
	moment.boot_nsec = now.tv_nsec - up.tv_nsec;
	if (moment.boot_nsec < 0) {
		moment.boot_nsec += 1000000000;
		moment.boot--;
	}
	moment.unsure = boottime_offset(&offset) != 0;
	if (moment.witness < moment.boot + offset)
		moment.set_forward = moment.boot + offset - moment.witness;
	return moment;
}

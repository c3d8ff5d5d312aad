/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "moment.h"

#include <linux/magic.h>
#include <stdbool.h>
#include <stddef.h>
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

static int64_t oldest_stamp(int64_t oldest)
{
	static const char *const witnesses[] = {"/dev", "/dev/null", "/proc", "/proc/1",
						"/sys"};
	struct stat st;

	for (size_t i = 0; i < sizeof(witnesses) / sizeof(witnesses[0]); i++)
		if (lives_in_memory(witnesses[i]) && stat(witnesses[i], &st) == 0 &&
		    st.st_ctim.tv_sec < oldest)
			oldest = st.st_ctim.tv_sec;
	return oldest;
}

struct moment moment_present(void)
{
	struct timespec now, up;
	struct moment moment;

	clock_gettime(CLOCK_REALTIME, &now);
	clock_gettime(CLOCK_BOOTTIME, &up);
	moment.now = now.tv_sec;
	moment.boot = now.tv_sec - up.tv_sec;
	moment.boot_nsec = now.tv_nsec - up.tv_nsec;
	if (moment.boot_nsec < 0) {
		moment.boot_nsec += 1000000000;
		moment.boot--;
	}
	moment.set_forward = moment.boot - oldest_stamp(moment.boot);
	return moment;
}

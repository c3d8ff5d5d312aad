/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <mntent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/*
 * Only the directory above is looked at: what is mounted may be a file system of a
 * server that does not answer.
 */
static int add_parent(struct mounts *mounts, char *point)
{
	struct mount_parent *more;
	struct stat stat;
	char *slash = strrchr(point, '/');

	if (!slash)
		return 0;
	slash[slash == point] = '\0';
	if (fstatat(AT_FDCWD, point, &stat, AT_NO_AUTOMOUNT))
		return 0; /* nobody who walks gets there either */
	more = reallocarray(mounts->item, mounts->count + 1, sizeof(*more));
	if (!more)
		return -1;
	more[mounts->count++] = (struct mount_parent){stat.st_dev, stat.st_ino};
	mounts->item = more;
	return 0;
}

int mounts_read(struct mounts *mounts, const char *table)
{
	FILE *file = setmntent(table, "re");
	struct mntent entry;
	char line[16384];
	int result = 0;

	*mounts = (struct mounts){0};
	if (!file)
		return -1;
	while (result == 0 && getmntent_r(file, &entry, line, sizeof(line)))
		result = add_parent(mounts, entry.mnt_dir);
	endmntent(file);
	if (result) {
		mounts_release(mounts);
		errno = ENOMEM;
	}
	return result;
}

bool mounts_has(const struct mounts *mounts, dev_t device, ino_t inode)
{
	for (size_t i = 0; i < mounts->count; i++)
		if (mounts->item[i].inode == inode && mounts->item[i].device == device)
			return true;
	return false;
}

void mounts_release(struct mounts *mounts)
{
	free(mounts->item);
	*mounts = (struct mounts){0};
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every file below a directory whose inode number may end in 16 given bits, as stat(2)
 * sees it: what a symbolic link names counts for the link, but is not walked into.
 *
 * Directory entries have the inode number too, which saves a stat(2) for nearly every
 * file. It is believed only where it is known to be that of stat(2), which is on the
 * common file systems of disks and memory, but for directories and mount points.
 *
 * A path of PATH_MAX bytes and more is no path for ftok(3), so the walk goes no deeper. That
 * bounds time and descriptors, too, for directories can be nested without end.
 */
#ifndef SHMTOOL_WALK_H
#define SHMTOOL_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "mounts.h"

struct walk_level;

struct walk {
	/* In. */
	uint16_t inode;	      /* the bits; what comes may still have others */
	bool one_file_system; /* do not go into directories of others */

	/* Out. */
	char *path;	  /* valid until the next call */
	ino_t file_inode; /* of WALK_FILE */
	dev_t file_device;
	int error;	  /* of WALK_FAILED */
	uint64_t entries; /* looked at so far */

	/* Its own. */
	struct walk_level *level; /* the directories that are open, outermost first */
	size_t levels, level_room, path_length, path_room;
	uint64_t told;
	dev_t device; /* where it began */
	struct mounts mounts;
	bool believe; /* mounts is known */
	bool begin;   /* nothing is reported yet */
	bool enter;   /* the file just reported is a directory: it comes next */
	bool told_long;
};

enum walk_event {
	WALK_END,
	WALK_FILE,
	WALK_FAILED, /* this path cannot be read, or what it links to; there is more */
	WALK_PASSED, /* an automount, or /proc, whose files have no lasting numbers */
	WALK_LONG,   /* paths below this one are too long for any call; the first such */
	WALK_GOING,  /* nothing yet; comes now and then, to show progress */
};

/* Begin a walk, whose first two fields are set; the others are 0. */
void walk_init(struct walk *walk);

/*
 * Walk this directory next, after the end of another. A symbolic link is followed here.
 * Returns 0, or -1 and errno.
 */
int walk_open(struct walk *walk, const char *directory);

/* Returns an enum walk_event, or -1 with errno ENOMEM. */
int walk_next(struct walk *walk);

void walk_release(struct walk *walk);

#endif

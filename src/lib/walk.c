/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* How many entries go by between two WALK_GOING. */
enum { STRIDE = 4096 };

enum nature {
	NATURE_OTHER,
	NATURE_BELIEVED, /* d_ino is st_ino of what is no directory and no mount point */
	NATURE_AUTOFS,
	NATURE_PROC,
};

struct walk_level {
	DIR *directory;
	dev_t device;
	enum nature nature;
	bool believe;  /* the numbers in its entries */
	size_t length; /* of its path, with the slash */
};

/*
 * Not FAT, which makes a number up for what is not in its cache; nor FUSE and network
 * file systems, which may give none. Of overlayfs, filesystems/overlayfs.rst in the
 * kernel's documentation says it for all that are no directories.
 */
static enum nature nature_of(int fd)
{
	struct statfs fs;

	if (fstatfs(fd, &fs))
		return NATURE_OTHER;
	switch ((unsigned long)fs.f_type) {
	case EXT4_SUPER_MAGIC: /* ext2 and ext3 as well */
	case XFS_SUPER_MAGIC:
	case BTRFS_SUPER_MAGIC:
	case F2FS_SUPER_MAGIC:
	case TMPFS_MAGIC:
	case OVERLAYFS_SUPER_MAGIC:
		return NATURE_BELIEVED;
	case AUTOFS_SUPER_MAGIC:
		return NATURE_AUTOFS;
	case PROC_SUPER_MAGIC:
		return NATURE_PROC;
	default:
		return NATURE_OTHER;
	}
}

void walk_init(struct walk *walk)
{
	walk->believe = mounts_read(&walk->mounts, MOUNTS_TABLE) == 0;
}

/* Let the path go on with this name after so many bytes. Returns 0, or -1 and errno. */
static int set_path(struct walk *walk, size_t length, const char *name)
{
	const size_t more = strlen(name);
	size_t room = length + more + sizeof("/");
	char *path = walk->path;

	if (room > walk->path_room) {
		room *= 2;
		path = realloc(walk->path, room);
		if (!path)
			return -1;
		walk->path = path;
		walk->path_room = room;
	}
	memcpy(path + length, name, more + 1);
	walk->path_length = length + more;
	return 0;
}

static void leave(struct walk *walk)
{
	closedir(walk->level[--walk->levels].directory);
}

static int fail(struct walk *walk, int error)
{
	walk->error = error;
	return WALK_FAILED;
}

/* Whether it is no error: it has gone, or become another, since it was seen. */
static bool has_gone(int error)
{
	return error == ENOENT || error == ENOTDIR || error == ELOOP;
}

/* What is below the path cannot be named. */
static int pass_long(struct walk *walk)
{
	if (walk->told_long)
		return WALK_GOING;
	walk->told_long = true;
	return WALK_LONG;
}

/* Go down into what is open as fd, and the path names. Returns 0, or -1 and errno. */
static int push(struct walk *walk, int fd, enum nature nature)
{
	struct walk_level *level = walk->level;
	size_t room = walk->level_room;
	DIR *directory;

	if (!level || walk->levels == room) {
		room = room ? room * 2 : 64;
		level = reallocarray(level, room, sizeof(*level));
		if (!level)
			return -1;
		walk->level = level;
		walk->level_room = room;
	}
	directory = fdopendir(fd);
	if (!directory)
		return -1;
	/* set_path() has left room for it. */
	if (walk->path[walk->path_length - 1] != '/')
		strcpy(walk->path + walk->path_length++, "/");
	level[walk->levels++] = (struct walk_level){
		.directory = directory,
		.device = walk->file_device,
		.nature = nature,
		.believe = walk->believe && nature == NATURE_BELIEVED &&
			   !mounts_has(&walk->mounts, walk->file_device,
				       walk->file_inode),
		.length = walk->path_length,
	};
	return 0;
}

/* Opening an automount would mount it: O_PATH does not (open(2)). */
static int find_nature(const struct walk *walk, const struct walk_level *above,
		       const char *name, enum nature *nature)
{
	int fd;

	*nature = above->nature;
	if (walk->file_device == above->device)
		return 0;
	fd = openat(dirfd(above->directory), name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -1;
	*nature = nature_of(fd);
	close(fd);
	return 0;
}

/* Go into the directory that was reported last. Returns an event, -1, or WALK_GOING. */
static int enter(struct walk *walk)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK;
	const struct walk_level *above = walk->levels ? &walk->level[walk->levels - 1]
						      : NULL;
	const char *name = above ? walk->path + above->length : walk->path;
	enum nature nature = NATURE_OTHER;
	int fd;

	if (walk->path_length + strlen("/n") >= PATH_MAX)
		return pass_long(walk);
	if (above && find_nature(walk, above, name, &nature))
		return has_gone(errno) ? WALK_GOING : fail(walk, errno);
	if (above && (nature == NATURE_AUTOFS ||
		      (nature == NATURE_PROC && above->nature != NATURE_PROC)))
		return WALK_PASSED;
	fd = above ? openat(dirfd(above->directory), name, flags | O_NOFOLLOW)
		   : open(name, flags);
	if (fd < 0)
		return above && has_gone(errno) ? WALK_GOING : fail(walk, errno);
	if (push(walk, fd, above ? nature : nature_of(fd))) {
		close(fd);
		return -1;
	}
	return WALK_GOING;
}

int walk_open(struct walk *walk, const char *directory)
{
	struct stat stat;

	if (fstatat(AT_FDCWD, directory, &stat, AT_NO_AUTOMOUNT))
		return -1;
	if (!S_ISDIR(stat.st_mode)) {
		errno = ENOTDIR;
		return -1;
	}
	if (set_path(walk, 0, directory))
		return -1;
	walk->device = walk->file_device = stat.st_dev;
	walk->file_inode = stat.st_ino;
	walk->begin = walk->enter = true;
	return 0;
}

/* Stat this entry, if its number does not rule it out. Returns as enter(). */
static int look_at(struct walk *walk, const struct dirent *entry)
{
	const struct walk_level *level = &walk->level[walk->levels - 1];
	const int fd = dirfd(level->directory);
	bool link = entry->d_type == DT_LNK;
	struct stat stat;
	int result;

	if (level->believe && !link && entry->d_type != DT_DIR &&
	    entry->d_type != DT_UNKNOWN && (entry->d_ino & 0xffff) != walk->inode)
		return WALK_GOING;
	if (set_path(walk, level->length, entry->d_name))
		return -1;
	if (walk->path_length >= PATH_MAX) {
		walk->path[level->length] = '\0';
		return pass_long(walk);
	}
	result = fstatat(fd, entry->d_name, &stat, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT);
	if (result == 0 && S_ISLNK(stat.st_mode)) {
		link = true;
		result = fstatat(fd, entry->d_name, &stat, AT_NO_AUTOMOUNT);
	}
	if (result)
		return has_gone(errno) ? WALK_GOING : fail(walk, errno);
	walk->file_device = stat.st_dev;
	walk->file_inode = stat.st_ino;
	/* On overlayfs files may have other devices than their directory. */
	walk->enter = S_ISDIR(stat.st_mode) && !link &&
		      (!walk->one_file_system || stat.st_dev == walk->device);
	return WALK_FILE;
}

/* The next entry of the directory that is open. Returns as enter(). */
static int read_entry(struct walk *walk)
{
	const struct walk_level *level = &walk->level[walk->levels - 1];
	const struct dirent *entry;

	errno = 0;
	entry = readdir(level->directory);
	if (!entry) {
		const int error = errno;

		walk->path[level->length] = '\0';
		leave(walk);
		return error && error != ENOENT ? fail(walk, error) : WALK_GOING;
	}
	if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
		return WALK_GOING;
	walk->entries++;
	return look_at(walk, entry);
}

int walk_next(struct walk *walk)
{
	int event;

	/* The directory itself is a file too. */
	if (walk->begin) {
		walk->begin = false;
		walk->entries++;
		return WALK_FILE;
	}
	for (;;) {
		if (walk->enter) {
			walk->enter = false;
			event = enter(walk);
		} else if (!walk->levels) {
			return WALK_END;
		} else {
			event = read_entry(walk);
		}
		if (event != WALK_GOING)
			return event;
		if (walk->entries - walk->told >= STRIDE) {
			walk->told = walk->entries;
			return WALK_GOING;
		}
	}
}

void walk_release(struct walk *walk)
{
	while (walk->levels)
		leave(walk);
	free(walk->level);
	free(walk->path);
	mounts_release(&walk->mounts);
}

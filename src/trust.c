/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "trust.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "place.h"
#include "way.h"

enum { OPEN_FLAGS = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK };

static int refuse(const char *path, const char *why)
{
	return place_error(&(struct place){.file = path}, "%s", why);
}

/* Whether a call has just failed since path is not there. A dangling link is. */
static bool is_absent(const char *path)
{
	struct stat info;
	const int failure = errno;
	const bool absent = failure == ENOENT && lstat(path, &info) && errno == ENOENT;

	errno = failure;
	return absent;
}

/* /dev/null, which says nothing, and may be written to by everybody. */
static bool is_null(const struct stat *info)
{
	return S_ISCHR(info->st_mode) && info->st_rdev == makedev(1, 3);
}

static int check_file(const char *path, int fd)
{
	struct stat info;

	if (fstat(fd, &info))
		return refuse(path, strerror(errno));
	if (is_null(&info))
		return 0;
	if (!S_ISREG(info.st_mode))
		return refuse(path, "not a regular file");
	return geteuid() == 0 ? way_check(path, &info, false) : 0;
}

/*
 * Open what a path names; as root, step by step. Returns a descriptor; or -1 after a message,
 * or with errno and *said false.
 */
static int open_way(const char *path, int flags, bool *said)
{
	struct way way;
	int fd = -1;

	*said = false;
	if (geteuid() != 0)
		return open(path, flags);
	if (way_begin(&way, path) == 0 && way_go(&way, WAY_ALL) == 0)
		fd = openat(way.directory, way.name, flags | O_NOFOLLOW);
	*said = way.refused;
	way_end(&way);
	return fd;
}

int trust_open(const char *path, FILE **file)
{
	bool said;
	const int fd = open_way(path, OPEN_FLAGS, &said);

	*file = NULL;
	if (fd < 0) {
		if (said)
			return -1;
		return is_absent(path) ? 0 : refuse(path, strerror(errno));
	}
	if (check_file(path, fd) == 0) {
		*file = fdopen(fd, "r");
		if (!*file)
			refuse(path, strerror(errno));
	}
	if (!*file)
		close(fd);
	return *file ? 0 : -1;
}

int trust_check(const char *path, const struct stat *info)
{
	struct way way;
	int result = 0;

	if (geteuid() != 0)
		return 0;
	if (way_begin(&way, path) || way_go(&way, WAY_DIRECTORY)) {
		result = way.refused ? -1 : 0;
		if (!way.refused && errno != ENOENT)
			result = refuse(path, strerror(errno));
	}
	way_end(&way);
	return result == 0 && info ? way_check(path, info, false) : result;
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* Returns 1 if it is there and may be read, 0 where there is none, or -1 after a message. */
static int check_directory(const char *path)
{
	bool said;
	const int fd = open_way(path, OPEN_FLAGS | O_DIRECTORY, &said);
	struct stat info;
	int result = 1;

	if (fd < 0) {
		if (said)
			return -1;
		return is_absent(path) ? 0 : refuse(path, strerror(errno));
	}
	if (fstat(fd, &info))
		result = refuse(path, strerror(errno));
	else if (geteuid() == 0 && way_check(path, &info, false))
		result = -1;
	close(fd);
	return result;
}

int trust_list(const char *directory, struct dirent ***names)
{
	const int is_there = check_directory(directory);
	int count, kept = 0;

	*names = NULL;
	if (is_there != 1)
		return is_there;
	/* By its path, on which nobody but root can have changed anything. */
	count = scandir(directory, names, NULL, by_bytes);
	if (count < 0)
		return refuse(directory, strerror(errno));
	for (int i = 0; i < count; i++) {
		if ((*names)[i]->d_name[0] != '.')
			(*names)[kept++] = (*names)[i];
		else
			free((*names)[i]);
	}
	return kept;
}

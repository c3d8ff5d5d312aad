/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "trust.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "place.h"

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

/*
 * Who owns / can change everything: that is root, also in a user namespace that has
 * another UID for the root of the host.
 */
static bool is_root(uid_t uid)
{
	struct stat root;

	return uid == 0 || (stat("/", &root) == 0 && uid == root.st_uid);
}

/* Whether others than root can change it. */
static int check_trust(const char *path, const struct stat *info, bool may_be_sticky)
{
	const struct place place = {.file = path};

	if (geteuid() != 0)
		return 0;
	if (!is_root(info->st_uid))
		return place_error(&place,
				   "not trusted, as UID %u owns it: chown root %s",
				   info->st_uid, path);
	if (may_be_sticky && info->st_mode & S_ISVTX)
		return 0;
	if (info->st_mode & (S_IWGRP | S_IWOTH))
		return place_error(
			&place, "not trusted, as others may write to it: chmod go-w %s",
			path);
	return 0;
}

/* The same of the directory that a file lies in, or would. */
static int check_parent(const char *path)
{
	char *copy = strdup(path);
	const char *parent = copy ? dirname(copy) : path;
	struct stat info;
	int result = 0;

	if (copy && stat(parent, &info) == 0)
		result = check_trust(parent, &info, true);
	else if (!copy || !is_absent(parent))
		result = refuse(parent, strerror(errno));
	free(copy);
	return result;
}

/* /dev/null, which says nothing, and may be written to by everybody. */
static bool is_null(const struct stat *info)
{
	return S_ISCHR(info->st_mode) && info->st_rdev == makedev(1, 3);
}

/* Of a symbolic link: who can change it chooses among all files of root's. */
static int check_link(const char *path)
{
	struct stat info;

	if (lstat(path, &info))
		return refuse(path, strerror(errno));
	if (!S_ISLNK(info.st_mode))
		return 0;
	if (geteuid() == 0 && !is_root(info.st_uid))
		return refuse(path, "not trusted, as this link is not root's");
	return check_parent(path);
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
	return check_trust(path, &info, false);
}

/* A file that is there. */
static FILE *open_file(const char *path, const char *real)
{
	const int fd = open(real,
			    O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);
	FILE *file = NULL;

	if (fd < 0) {
		refuse(path, strerror(errno));
		return NULL;
	}
	if (check_file(path, fd) == 0) {
		file = fdopen(fd, "r");
		if (!file)
			refuse(path, strerror(errno));
	}
	if (!file)
		close(fd);
	return file;
}

int trust_open(const char *path, FILE **file)
{
	char *real = realpath(path, NULL);

	*file = NULL;
	if (!real)
		return is_absent(path) ? check_parent(path)
				       : refuse(path, strerror(errno));
	if (check_link(path) == 0 && check_parent(real) == 0)
		*file = open_file(path, real);
	free(real);
	return *file ? 0 : -1;
}

int trust_check(const char *path, const struct stat *info)
{
	if (check_parent(path))
		return -1;
	return info ? check_trust(path, info, false) : 0;
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

int trust_list(const char *directory, struct dirent ***names)
{
	struct stat info;
	int count, kept = 0;

	*names = NULL;
	if (stat(directory, &info))
		return is_absent(directory) ? 0 : refuse(directory, strerror(errno));
	if (check_trust(directory, &info, false))
		return -1;
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

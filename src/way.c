/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "way.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/unmapped.h"

#include "place.h"

/* As many as the kernel follows (path_resolution(7)). */
enum { MAX_LINKS = 40 };

/* Whether there is such a user in this user namespace. In doubt there is. */
static bool has_number(uid_t uid)
{
	FILE *map = fopen("/proc/self/uid_map", "re");
	unsigned int inside, outside, count;
	bool found = !map;

	while (map && fscanf(map, "%u %u %u", &inside, &outside, &count) == 3)
		found = found || uid - inside < count;
	if (map)
		fclose(map);
	return found;
}

static bool is_root(uid_t uid)
{
	struct stat root;

	if (uid == 0)
		return true;
	return stat("/", &root) == 0 && uid == root.st_uid &&
	       (uid != unmapped_read().user || !has_number(uid));
}

int way_check(const char *path, const struct stat *info, bool may_be_sticky)
{
	const struct place place = {.file = path};

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

/* The path as far as it has no NUL, in the words of the caller where they begin there. */
static const char *shown(const struct way *way)
{
	return strlen(way->text) > way->typed ? way->text + way->typed : way->text;
}

/* Go into a directory that is open, which is closed unless it is trusted. */
static int enter(struct way *way, int directory, const char *name)
{
	struct stat info;

	if (directory < 0)
		return -1;
	if (fstat(directory, &info) == 0) {
		way->refused = way_check(name, &info, true) != 0;
		if (!way->refused) {
			if (way->directory >= 0)
				close(way->directory);
			way->directory = directory;
			return 0;
		}
	}
	close(directory);
	return -1;
}

static int enter_root(struct way *way)
{
	return enter(way, open("/", O_PATH | O_DIRECTORY | O_CLOEXEC), "/");
}

int way_begin(struct way *way, const char *path)
{
	char *base = NULL;
	int length;

	*way = (struct way){.directory = -1};
	if (!*path) {
		errno = ENOENT;
		return -1;
	}
	if (*path != '/') {
		base = getcwd(NULL, 0);
		if (!base)
			return -1;
		way->typed = strlen(base) + strlen("/");
	}
	length = asprintf(&way->text, "%s%s%s", base ? base : "", base ? "/" : "", path);
	free(base);
	if (length < 0) {
		way->text = NULL;
		return -1;
	}
	return enter_root(way);
}

/*
 * Put what a link says in the place of its name, which ends with a NUL, and had this after
 * it. Who can change a link chooses among all files of root's.
 */
static int follow(struct way *way, int link, const struct stat *info, const char *after)
{
	char target[PATH_MAX], *text;
	ssize_t length;
	bool is_absolute;
	size_t kept;

	way->refused = !is_root(info->st_uid);
	if (way->refused)
		return place_error(&(struct place){.file = shown(way)},
				   "not trusted, as this link is not root's");
	length = readlinkat(link, "", target, sizeof(target) - 1);
	if (length < 0)
		return -1;
	target[length] = '\0';
	if (++way->links > MAX_LINKS) {
		errno = ELOOP;
		return -1;
	}
	is_absolute = *target == '/';
	kept = is_absolute ? 0 : way->done;
	if (asprintf(&text, "%.*s%s%s%s", (int)kept, way->text, is_absolute ? "" : "/",
		     target, after) < 0)
		return -1;
	free(way->text);
	way->text = text;
	way->done = kept;
	if (!is_absolute)
		return 0;
	way->typed = 0;
	return enter_root(way);
}

/* Go on by this name, which ends with a NUL, and had this after it. As take(). */
static int go_on(struct way *way, char *name, const char *after)
{
	const int next = openat(way->directory, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct stat info;
	int result = -1;

	if (next < 0)
		return -1;
	if (fstat(next, &info)) {
		close(next);
		return -1;
	}
	if (S_ISDIR(info.st_mode)) {
		way->done = (size_t)(name - way->text) + strlen(name);
		return enter(way, next, shown(way)) ? -1 : 1;
	}
	if (S_ISLNK(info.st_mode)) {
		result = follow(way, next, &info, after) ? -1 : 1;
	} else if (*after) {
		errno = ENOTDIR;
	} else {
		way->name = name;
		result = 0;
	}
	close(next);
	return result;
}

/* Take the next name. Returns 1 if there may be more, 0 at the end, or -1. */
static int take(struct way *way, enum way_until until)
{
	char *name = way->text + way->done + strspn(way->text + way->done, "/");
	const size_t length = strcspn(name, "/");
	const unsigned int links = way->links;
	char *after;
	int result;

	way->name = length ? name : ".";
	if (!length || (until == WAY_DIRECTORY && !name[length]))
		return 0;
	after = strdup(name + length);
	if (!after)
		return -1;
	name[length] = '\0';
	result = go_on(way, name, after);
	/* Else it is another text now. */
	if (result == 1 && way->links == links)
		name[length] = *after;
	free(after);
	return result;
}

int way_go(struct way *way, enum way_until until)
{
	int result;

	do
		result = take(way, until);
	while (result == 1);
	return result;
}

void way_end(struct way *way)
{
	const int failure = errno;

	if (way->directory >= 0)
		close(way->directory);
	free(way->text);
	errno = failure;
}

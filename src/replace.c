/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "replace.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

enum { TRIES = 16, FD_PATH_ROOM = sizeof("/proc/self/fd/") + 3 * sizeof(int) };

static int fail(int error)
{
	errno = error;
	return -1;
}

/* The directory of the path; *name becomes the rest. */
static int open_directory(const char *path, const char **name)
{
	const char *slash = strrchr(path, '/');
	const size_t length = slash ? (size_t)(slash - path) + 1 : 0;
	char *parent = length ? strndup(path, length) : strdup(".");
	int fd;

	*name = path + length;
	if (!parent)
		return -1;
	fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* One that may be written, but not read, as some for incoming files: no fsync(2). */
	if (fd < 0 && errno == EACCES)
		fd = open(parent, O_PATH | O_DIRECTORY | O_CLOEXEC);
	free(parent);
	return fd;
}

/* Whether what the name is may be replaced: 0, or -1. */
static int check_target(const struct replace *replace)
{
	struct stat info;

	if (!*replace->name || strcmp(replace->name, ".") == 0)
		return fail(EISDIR);
	if (fstatat(replace->directory, replace->name, &info, AT_SYMLINK_NOFOLLOW))
		return errno == ENOENT ? 0 : -1;
	if (S_ISREG(info.st_mode))
		return 0;
	if (S_ISLNK(info.st_mode))
		return fail(ELOOP);
	return fail(S_ISDIR(info.st_mode) ? EISDIR : EINVAL);
}

static void choose_temporary(struct replace *replace)
{
	uint64_t number = 0;

	/* A name that is taken is noticed: the number need not be secret. */
	if (getrandom(&number, sizeof(number), GRND_NONBLOCK) != sizeof(number))
		number = (uint64_t)getpid() << 32 ^ (uintptr_t)replace;
	snprintf(replace->temporary, sizeof(replace->temporary), ".shmtool.%016" PRIx64,
		 number);
}

static void put_fd_path(int fd, char path[static FD_PATH_ROOM])
{
	snprintf(path, FD_PATH_ROOM, "/proc/self/fd/%d", fd);
}

/* Whether a file without name could be given one later: that takes our own /proc. */
static bool can_be_linked(int fd)
{
	char path[FD_PATH_ROOM];
	struct stat file, found;

	put_fd_path(fd, path);
	return fstat(fd, &file) == 0 && stat(path, &found) == 0 &&
	       file.st_ino == found.st_ino && file.st_dev == found.st_dev;
}

static int open_unnamed(const struct replace *replace, mode_t mode)
{
	const int fd = openat(replace->directory, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC,
			      mode);

	if (fd < 0 || can_be_linked(fd))
		return fd;
	close(fd);
	return fail(EOPNOTSUPP);
}

/* From now on the temporary name is there, or will be: those that would end us, and leave it. */
static void hold_signals(struct replace *replace)
{
	static const int ending[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction action;
	sigset_t before;

	sigemptyset(&replace->held);
	sigprocmask(SIG_BLOCK, NULL, &before);
	for (size_t i = 0; i < sizeof(ending) / sizeof(ending[0]); i++)
		if (!sigismember(&before, ending[i]) &&
		    sigaction(ending[i], NULL, &action) == 0 &&
		    action.sa_handler != SIG_IGN)
			sigaddset(&replace->held, ending[i]);
	sigprocmask(SIG_BLOCK, &replace->held, NULL);
}

/* The name is there no more. What waits arrives, and may be the end. */
static void release_signals(struct replace *replace)
{
	const sigset_t held = replace->held;

	sigemptyset(&replace->held);
	sigprocmask(SIG_UNBLOCK, &held, NULL);
}

bool replace_is_stopped(const struct replace *replace)
{
	sigset_t waiting;

	if (!replace->is_named || sigpending(&waiting))
		return false;
	sigandset(&waiting, &waiting, &replace->held);
	return !sigisemptyset(&waiting);
}

static int open_named(struct replace *replace, mode_t mode)
{
	int fd = -1;

	hold_signals(replace);
	for (int i = 0; i < TRIES && fd < 0; i++) {
		choose_temporary(replace);
		fd = openat(replace->directory, replace->temporary,
			    O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY | O_CLOEXEC, mode);
		if (fd < 0 && errno != EEXIST)
			break;
	}
	replace->is_named = fd >= 0;
	return fd;
}

/* Ways to say that there is no O_TMPFILE: open(2) has those of older kernels. */
static bool is_unsupported(int error)
{
	return error == EOPNOTSUPP || error == EISDIR || error == ENOENT ||
	       error == EINVAL;
}

int replace_begin(struct replace *replace, const char *path, mode_t mode)
{
	*replace = (struct replace)REPLACE_NONE;
	sigemptyset(&replace->held);
	replace->directory = open_directory(path, &replace->name);
	if (replace->directory < 0 || check_target(replace))
		goto out;
	replace->file = open_unnamed(replace, mode);
	if (replace->file < 0 && is_unsupported(errno))
		replace->file = open_named(replace, mode);
out:
	if (replace->file < 0)
		replace_abandon(replace);
	return replace->file;
}

int replace_set_mode(const struct replace *replace, mode_t mode)
{
	if (fremovexattr(replace->file, "system.posix_acl_access") && errno != ENODATA &&
	    errno != EOPNOTSUPP && errno != ENOSYS)
		return -1;
	return fchmod(replace->file, mode);
}

/* Give the file without name this one, which is free: else EEXIST. */
static int link_as(const struct replace *replace, const char *name)
{
	char path[FD_PATH_ROOM];

	put_fd_path(replace->file, path);
	return linkat(AT_FDCWD, path, replace->directory, name, AT_SYMLINK_FOLLOW);
}

/* No call links over a file that is there: for a moment it has a temporary name. */
static int link_temporary(struct replace *replace)
{
	hold_signals(replace);
	for (int i = 0; i < TRIES; i++) {
		choose_temporary(replace);
		replace->is_named = link_as(replace, replace->temporary) == 0;
		if (replace->is_named)
			return 0;
		if (errno != EEXIST)
			break;
	}
	return -1;
}

static int put_in_place(struct replace *replace)
{
	if (!replace->is_named) {
		if (link_as(replace, replace->name) == 0)
			return 0;
		if (errno != EEXIST || link_temporary(replace))
			return -1;
	}
	/* It may have become something else since the beginning. */
	if (check_target(replace) || renameat(replace->directory, replace->temporary,
					      replace->directory, replace->name))
		return -1;
	replace->is_named = false;
	return 0;
}

static int sync_directory(const struct replace *replace)
{
	/* EBADF: it could not be opened to read. EINVAL: this file system needs none. */
	return fsync(replace->directory) && errno != EBADF && errno != EINVAL ? -1 : 0;
}

int replace_commit(struct replace *replace)
{
	const int result = fsync(replace->file) || put_in_place(replace) ||
			   sync_directory(replace);

	replace_abandon(replace);
	return -result;
}

void replace_abandon(struct replace *replace)
{
	const int error = errno;

	if (replace->is_named)
		unlinkat(replace->directory, replace->temporary, 0);
	if (replace->file >= 0)
		close(replace->file);
	if (replace->directory >= 0)
		close(replace->directory);
	replace->is_named = false;
	replace->directory = replace->file = -1;
	release_signals(replace);
	errno = error;
}

const char *replace_strerror(int error)
{
	if (error == ELOOP)
		return "a symbolic link, which is neither followed nor replaced";
	if (error == EINVAL)
		return "not a regular file, and therefore not replaced";
	return strerror(error);
}

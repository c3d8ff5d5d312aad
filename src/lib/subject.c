/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "subject.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mapping.h"
#include "number.h"

static int open_directory(int directory, const char *path)
{
	return openat(directory, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

int subject_open(struct subject *subject, int proc, const char *name, pid_t pid)
{
	const int directory = open_directory(proc, name);

	*subject = (struct subject){pid, directory, directory, directory};
	return directory < 0 ? -1 : 0;
}

/*
 * The directory with its threads. The link count of task/ is that of a directory: 2, and
 * one for each thread. Returns NULL and errno, ESRCH if it has but one.
 */
static DIR *open_threads(const struct subject *subject)
{
	struct stat stat;
	DIR *threads;
	int fd;

	if (fstatat(subject->directory, "task", &stat, 0))
		return NULL;
	if (stat.st_nlink <= 3) {
		errno = ESRCH;
		return NULL;
	}
	fd = openat(subject->directory, "task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	threads = fdopendir(fd);
	if (!threads)
		close(fd);
	return threads;
}

int subject_take_other_thread(struct subject *subject)
{
	char path[sizeof("../../") + 16];
	DIR *threads = open_threads(subject);
	struct dirent *entry;
	uint64_t tid;
	int fd = -1;

	if (!threads)
		return -1;
	errno = ESRCH;
	while (fd < 0 && (entry = readdir(threads)))
		if (number_decimal(entry->d_name, INT_MAX, &tid) == 0 &&
		    (pid_t)tid != subject->pid)
			fd = open_directory(dirfd(threads), entry->d_name);
	if (fd >= 0) {
		/* There are no map_files in it, but in /proc/TID, which is not listed. */
		snprintf(path, sizeof(path), "../../%" PRIu64, tid);
		subject->thread = fd;
		subject->files = open_directory(dirfd(threads), path);
	}
	closedir(threads);
	return fd < 0 ? -1 : 0;
}

static int read_namespace(int directory, const char *path, char *name)
{
	ssize_t got = readlinkat(directory, path, name, SUBJECT_NAMESPACE - 1);

	if (got < 0)
		return -1;
	name[got] = '\0';
	return 0;
}

int subject_own_namespace(int proc, char name[static SUBJECT_NAMESPACE])
{
	return read_namespace(proc, "self/ns/ipc", name);
}

int subject_is_in(const struct subject *subject, const char *name)
{
	char its_own[SUBJECT_NAMESPACE];

	if (read_namespace(subject->thread, "ns/ipc", its_own))
		return -1;
	return strcmp(its_own, name) == 0;
}

/* Returns as subject_has_thread_in(), of one thread; one that has ended is in none. */
static int thread_is_in(DIR *threads, const char *tid, const char *name)
{
	char path[sizeof("/ns/ipc") + sizeof(((struct dirent *)0)->d_name)];
	char its_own[SUBJECT_NAMESPACE];

	snprintf(path, sizeof(path), "%s/ns/ipc", tid);
	if (read_namespace(dirfd(threads), path, its_own) == 0)
		return strcmp(its_own, name) == 0;
	return errno == ENOENT || errno == ESRCH ? 0 : -1;
}

int subject_has_thread_in(const struct subject *subject, const char *name)
{
	enum { MOST = 10000 };
	DIR *threads = open_threads(subject);
	struct dirent *entry;
	int error = 0, is = 0;
	uint64_t tid;

	if (!threads)
		return errno == ESRCH ? 0 : -1;
	for (int i = 0; i < MOST && is <= 0 && (entry = readdir(threads)); i++) {
		if (number_decimal(entry->d_name, INT_MAX, &tid))
			continue;
		is = thread_is_in(threads, entry->d_name, name);
		if (is < 0)
			error = errno;
	}
	closedir(threads);
	errno = error;
	return is > 0 ? 1 : error ? -1 : 0;
}

int subject_is_own(const struct subject *subject)
{
	struct stat stat;

	return fstat(subject->directory, &stat) ? -1 : stat.st_uid == geteuid();
}

int subject_stat(const struct subject *subject, const struct mapping *mapping,
		 struct stat *stat)
{
	char path[sizeof("map_files/-") + 32];

	snprintf(path, sizeof(path), "map_files/%jx-%jx", (uintmax_t)mapping->start,
		 (uintmax_t)mapping->end);
	return fstatat(subject->files, path, stat, 0);
}

void subject_close(struct subject *subject)
{
	if (subject->files >= 0 && subject->files != subject->directory)
		close(subject->files);
	if (subject->thread != subject->directory)
		close(subject->thread);
	if (subject->directory >= 0)
		close(subject->directory);
}

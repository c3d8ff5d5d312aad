/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "id-file.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/deadline.h"
#include "lib/filelock.h"
#include "lib/fit.h"
#include "lib/sysv.h"

#include "place.h"
#include "replace.h"
#include "reuse.h"
#include "trust.h"

/* Each time somebody else was faster. */
enum { TRIES = 100000 };

static int complain(const struct id_file *file, const char *text)
{
	return place_error(&(struct place){.file = file->path}, "%s", text);
}

/* Returns 0, or -1 after a message, as all that end so. */
static int check(const struct id_file *file, const struct stat *info)
{
	if (S_ISREG(info->st_mode))
		return trust_check(file->path, info);
	if (S_ISDIR(info->st_mode))
		return complain(file, strerror(EISDIR));
	return complain(file, replace_strerror(S_ISLNK(info->st_mode) ? ELOOP : EINVAL));
}

/*
 * Open what is there; or make it, if nothing is. Not with one call: O_CREAT fails for
 * files of others in a sticky directory (fs.protected_regular).
 */
static int open_or_make(struct id_file *file)
{
	const int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
	struct stat info;

	/* To open a device or a FIFO does something. */
	if (lstat(file->path, &info) == 0 && check(file, &info))
		return -1;
	do {
		file->is_new = false;
		file->fd = open(file->path, flags);
		if (file->fd < 0 && errno == ENOENT) {
			file->fd = open(file->path, flags | O_CREAT | O_EXCL, 0600);
			file->is_new = file->fd >= 0;
		}
	} while (file->fd < 0 && errno == EEXIST);
	return file->fd < 0 ? complain(file, replace_strerror(errno)) : 0;
}

static void close_it(struct id_file *file)
{
	const int error = errno;

	if (file->fd >= 0)
		close(file->fd);
	file->fd = -1;
	errno = error;
}

static int take_lock(const struct id_file *file)
{
	const struct deadline at_once = {0}, never = {.never = true};

	if (filelock_take(file->fd, true, &at_once) == 0)
		return 0;
	if (errno != EAGAIN)
		return -1;
	if (file->verbose)
		complain(file, "waiting for another process, which has it locked");
	return filelock_take(file->fd, true, &never);
}

/* Whether the path still leads to the file that is locked. */
static bool is_in_place(const struct id_file *file)
{
	struct stat locked, named;

	return fstat(file->fd, &locked) == 0 && lstat(file->path, &named) == 0 &&
	       locked.st_ino == named.st_ino && locked.st_dev == named.st_dev;
}

static int lock_in_place(struct id_file *file)
{
	/* Who had the lock before may have replaced or removed it. */
	for (int i = 0; i < TRIES; i++) {
		if (open_or_make(file))
			return -1;
		if (take_lock(file) == 0) {
			if (is_in_place(file))
				return 0;
		} else if (errno != ESTALE) {
			return complain(file, strerror(errno));
		}
		close_it(file);
	}
	return complain(file, "replaced again and again, so it cannot be locked");
}

static int read_it(struct id_file *file)
{
	char text[ID_RECORD_ROOM];
	struct stat info;
	ssize_t length;

	/* It may not be the one that was checked before it was opened. */
	if (fstat(file->fd, &info))
		return complain(file, strerror(errno));
	if (check(file, &info))
		return -1;
	length = read(file->fd, text, sizeof(text));
	if (length < 0)
		return complain(file, strerror(errno));
	file->mode = info.st_mode & 0777;
	file->is_empty = length == 0;
	if (file->is_empty || id_record_parse(text, (size_t)length, &file->record) == 0)
		return 0;
	return complain(file,
			"neither empty nor written by --id-file, so it is left as it is");
}

int id_file_open(struct id_file *file)
{
	file->fd = -1;
	if (origin_read(&file->here)) {
		warn("cannot tell this boot and IPC namespace from others, so --id-file is not safe");
		return -1;
	}
	if (trust_check(file->path, NULL))
		return -1;
	if (lock_in_place(file) == 0 && read_it(file) == 0)
		return 0;
	id_file_close(file);
	return -1;
}

/* "shmtool create: /run/id: segment 7: gone" */
static int say_unused(const struct id_file *file, const char *why)
{
	if (file->verbose)
		place_error(&(struct place){.file = file->path}, "segment %d: %s",
			    file->record.segment.id, why);
	return 0;
}

static int say_unfit(const struct id_file *file, const struct need *need,
		     const struct segment *segment)
{
	char *text = NULL;
	size_t length;
	FILE *stream = open_memstream(&text, &length);

	if (stream) {
		fputs("not what is asked for: ", stream);
		reuse_put_misfit(need, segment, stream);
		if (fclose(stream) == 0)
			say_unused(file, text);
		free(text);
	}
	return 0;
}

int id_file_find(const struct id_file *file, uint32_t key, const struct need *need,
		 struct segment *segment)
{
	const struct id_record *record = &file->record;

	if (file->is_empty)
		return 0;
	if (!id_record_is_from(record, &file->here))
		return say_unused(file, "of another boot or IPC namespace");
	if (sysv_stat(record->segment.id, segment)) {
		if (errno == ENOENT)
			return say_unused(file, "gone");
		warn("segment %d", record->segment.id);
		return -1;
	}
	if (!id_record_names(record, &file->here, segment))
		return say_unused(file, "another has this id now");
	if (key && record->segment.key != key)
		return say_unused(file, "made with another key");
	if (fit(need, segment) != FIT)
		return say_unfit(file, need, segment);
	return 1;
}

int id_file_record(struct id_file *file, const struct segment *segment)
{
	const struct id_record record = {*segment, file->here};
	char text[ID_RECORD_ROOM];
	const size_t length = id_record_format(&record, text);
	struct replace replace;
	const int fd = replace_begin(&replace, file->path, file->mode);
	ssize_t written;

	if (fd < 0)
		return complain(file, replace_strerror(errno));
	/* Its permissions stay, as far as the file system can do that. */
	replace_set_mode(&replace, file->mode);
	written = write(fd, text, length);
	if (written >= 0 && (size_t)written < length)
		errno = ENOSPC;
	if (written < 0 || (size_t)written < length || replace_commit(&replace)) {
		replace_abandon(&replace);
		return complain(file, replace_strerror(errno));
	}
	file->is_new = false;
	return 0;
}

void id_file_close(struct id_file *file)
{
	if (file->fd >= 0 && file->is_new && is_in_place(file))
		unlink(file->path);
	close_it(file);
}

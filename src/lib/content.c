/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "content.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "mapping.h"
#include "sysv.h"

/* As far as a mapping tells. The key is that with which the segment was created. */
static bool maps(const struct mapping *mapping, const struct segment *segment)
{
	return mapping->id == segment->id &&
	       (mapping->key == segment->key || segment->dest);
}

/* A process's mapping of the segment: that which begins at an address, or, NULL, any. */
static bool find_mapping(int process, const struct segment *segment, const char *at,
			 struct mapping *mapping)
{
	struct mappings mappings;
	bool found = false;

	if (mappings_init(&mappings, false) || mappings_open(&mappings, process))
		return false;
	while (!found && mappings_next(&mappings, mapping) > 0)
		found = maps(mapping, segment) &&
			(!at || mapping->start == (uintptr_t)at);
	mappings_close(&mappings);
	return found;
}

/* The file behind a mapping, which can have become another one since it was found. */
static int open_file(int process, const struct mapping *mapping, int flags)
{
	char path[sizeof("map_files/-") + 32];
	struct stat stat;
	int file;

	snprintf(path, sizeof(path), "map_files/%jx-%jx", (uintmax_t)mapping->start,
		 (uintmax_t)mapping->end);
	file = openat(process, path, flags | O_CLOEXEC);
	if (file < 0 || (fstat(file, &stat) == 0 && mapping_is_of(mapping, &stat)))
		return file;
	close(file);
	return -1;
}

/* What else the process that has it attached makes known of it. */
static void look_behind(struct content *content, const char *process, bool writable)
{
	int directory = open(process, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct mapping mapping;

	if (directory < 0)
		return;
	if (find_mapping(directory, &content->segment, content->at, &mapping)) {
		content->page_size = mapping.page_size;
		content->file = open_file(directory, &mapping,
					  writable ? O_RDWR : O_RDONLY);
	}
	close(directory);
}

/* Look again: ENOENT, or ESTALE, unless it is the one that was seen. */
static int look_again(struct content *content, const struct segment *seen)
{
	if (sysv_stat(seen->id, &content->segment))
		return -1;
	if (segment_remains(seen, &content->segment))
		return 0;
	errno = ESTALE;
	return -1;
}

int content_open(struct content *content, const struct segment *seen, bool writable)
{
	int error;

	*content = (struct content){.file = -1};
	content->at = sysv_attach(seen->id, writable);
	if (!content->at)
		return -1;
	if (look_again(content, seen)) {
		error = errno;
		content_close(content);
		errno = error;
		return -1;
	}
	look_behind(content, "/proc/self", writable);
	return 0;
}

/*
 * An id is one of an IPC namespace, and anybody can have mappings from another one, with a
 * segment of this id and this key: a child that shares the memory may have made it there
 * (clone(2), CLONE_VM with CLONE_NEWUSER and CLONE_NEWIPC).
 */
static bool has_same_creator(const struct content *content)
{
	struct stat stat;

	return fstat(content->file, &stat) == 0 &&
	       segment_can_be(&content->segment, &stat);
}

int content_borrow(struct content *content, const struct segment *seen, pid_t holder)
{
	char process[sizeof("/proc/") + 16];

	*content = (struct content){.segment = *seen, .file = -1};
	snprintf(process, sizeof(process), "/proc/%d", (int)holder);
	look_behind(content, process, false);
	if (content->file >= 0 && look_again(content, seen) == 0 &&
	    has_same_creator(content))
		return 0;
	content_close(content);
	return -1;
}

static int read_file(int file, uint64_t offset, char *buffer, size_t length)
{
	while (length) {
		ssize_t got = pread(file, buffer, length, (off_t)offset);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			errno = got < 0 ? errno : EFAULT;
			return -1;
		}
		offset += (size_t)got;
		buffer += got;
		length -= (size_t)got;
	}
	return 0;
}

/* By a call: a page that cannot be had is an error of it, and not a SIGBUS. */
/* NOLINTNEXTLINE(readability-non-const-parameter): the kernel writes there. */
static int read_memory(const char *at, char *buffer, size_t length)
{
	const pid_t self = getpid();

	while (length) {
		struct iovec to = {buffer, length},
			     from = {(void *)(uintptr_t)at, length};
		ssize_t got = process_vm_readv(self, &to, 1, &from, 1, 0);

		if (got <= 0)
			return -1;
		at += got;
		buffer += got;
		length -= (size_t)got;
	}
	return 0;
}

int content_read(const struct content *content, uint64_t offset, void *buffer,
		 size_t length)
{
	if (content->file >= 0)
		return read_file(content->file, offset, buffer, length);
	return read_memory(content->at + offset, buffer, length);
}

bool content_is_huge(const struct content *content)
{
	return content->page_size > (uint64_t)sysconf(_SC_PAGESIZE);
}

void content_close(struct content *content)
{
	if (content->at)
		sysv_detach(content->at);
	if (content->file >= 0)
		close(content->file);
	*content = (struct content){.file = -1};
}

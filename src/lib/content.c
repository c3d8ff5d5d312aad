/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "content.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mapping.h"
#include "sysv.h"

/* The page size of the mapping that begins here; 0: unknown. */
static uint64_t page_size_at(const char *at)
{
	int self = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct mappings mappings;
	struct mapping mapping;
	uint64_t size = 0;

	if (self < 0 || mappings_init(&mappings, false))
		goto out;
	if (mappings_open(&mappings, self) == 0) {
		while (size == 0 && mappings_next(&mappings, &mapping) > 0)
			if (mapping.start == (uintptr_t)at)
				size = mapping.page_size;
		mappings_close(&mappings);
	}
out:
	if (self >= 0)
		close(self);
	return size;
}

static uint64_t round_up(uint64_t size, uint64_t page_size)
{
	return (size + page_size - 1) / page_size * page_size;
}

static int open_file(const struct content *content, bool writable)
{
	const uint64_t start = (uintptr_t)content->at;
	char path[sizeof("/proc/self/map_files/-") + 32];
	struct stat stat;
	int file;

	if (content->page_size == 0)
		return -1;
	snprintf(
		path, sizeof(path), "/proc/self/map_files/%jx-%jx", (uintmax_t)start,
		(uintmax_t)(start + round_up(content->segment.size, content->page_size)));
	file = open(path, (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC);
	if (file >= 0 && fstat(file, &stat) == 0 &&
	    stat.st_ino == (ino_t)content->segment.id)
		return file;
	if (file >= 0)
		close(file);
	return -1;
}

int content_open(struct content *content, const struct segment *seen, bool writable)
{
	int error = ESTALE;

	*content = (struct content){.file = -1};
	content->at = sysv_attach(seen->id, writable);
	if (!content->at)
		return -1;
	if (sysv_stat(seen->id, &content->segment)) {
		error = errno;
	} else if (segment_remains(seen, &content->segment)) {
		content->page_size = page_size_at(content->at);
		content->file = open_file(content, writable);
		return 0;
	}
	content_close(content);
	errno = error;
	return -1;
}

void content_close(struct content *content)
{
	if (content->at)
		sysv_detach(content->at);
	if (content->file >= 0)
		close(content->file);
	*content = (struct content){.file = -1};
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mapping.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "memfile.h"
#include "number.h"

#ifndef MFD_HUGE_SHIFT
#define MFD_HUGE_SHIFT 26
#endif

/* struct procmap_query of <linux/fs.h>, which older headers do not have. */
struct query {
	uint64_t size, flags, address; /* in */
	uint64_t start, end, vma_flags, page_size, offset, inode;
	uint32_t major, minor;
	uint32_t name_size, build_id_size; /* in: room; out: used */
	uint64_t name, build_id;	   /* in */
};

_Static_assert(sizeof(struct query) == 104, "the kernel's struct procmap_query");

#define QUERY _IOWR('f', 17, struct query)

enum {
	QUERY_WRITABLE = 0x02,
	QUERY_SHARED = 0x08,
	QUERY_COVERING_OR_NEXT = 0x10,
	QUERY_FILE_BACKED = 0x20,
};

/* The name of a segment, all of it. The kernel prints the key with %08x. */
static bool parse_name(const char *name, uint32_t *key)
{
	static const char before[] = "/SYSV", after[] = " (deleted)";
	const char *digits = name + sizeof(before) - 1, *end = digits;
	uint64_t value;

	if (strncmp(name, before, sizeof(before) - 1) != 0 ||
	    strspn(digits, "0123456789abcdef") != 8 || number_digits(&end, 16, &value) ||
	    strcmp(end, after) != 0)
		return false;
	*key = (uint32_t)value;
	return true;
}

/* A number and the one character after it; *text moves behind both. */
static bool parse_field(const char **text, unsigned int base, char after, uint64_t *value)
{
	return number_digits(text, base, value) == 0 && *(*text)++ == after;
}

/* "rw-s ": shared, and whether it is writable. *text moves behind the space. */
static bool parse_shared(const char **text, bool *writable)
{
	const char *p = *text;

	if ((p[0] != 'r' && p[0] != '-') || (p[1] != 'w' && p[1] != '-') ||
	    (p[2] != 'x' && p[2] != '-') || p[3] != 's' || p[4] != ' ')
		return false;
	*writable = p[1] == 'w';
	*text += 5;
	return true;
}

bool mapping_parse_line(const char *line, struct mapping *mapping)
{
	struct mapping found = {0};
	uint64_t offset, major, minor, inode;

	if (!parse_field(&line, 16, '-', &found.start) ||
	    !parse_field(&line, 16, ' ', &found.end) ||
	    !parse_shared(&line, &found.writable) ||
	    !parse_field(&line, 16, ' ', &offset) ||
	    !parse_field(&line, 16, ':', &major) ||
	    !parse_field(&line, 16, ' ', &minor) ||
	    !parse_field(&line, 10, ' ', &inode) || major > UINT_MAX ||
	    minor > UINT_MAX || inode > INT_MAX ||
	    !parse_name(line + strspn(line, " "), &found.key))
		return false;
	found.device = makedev((unsigned int)major, (unsigned int)minor);
	found.id = (int)inode;
	*mapping = found;
	return true;
}

bool mapping_is_of(const struct mapping *mapping, const struct stat *file)
{
	return file->st_dev == mapping->device && file->st_ino == (ino_t)mapping->id;
}

/* Learn on which device such files are that flags of memfd_create(2) ask for. */
static int learn_device(struct mappings *mappings, unsigned int flags, uint64_t page_size)
{
	int fd = memfile_open(flags, 0);
	struct stat stat;
	int got;

	if (fd < 0)
		return -1;
	got = fstat(fd, &stat);
	close(fd);
	if (got)
		return -1;
	mappings->devices[mappings->device_count++] = (struct mapping_device){
		.device = stat.st_dev, .page_size = page_size};
	return 0;
}

/* Sizes that the machine does not have are refused. None is larger than 16 GiB. */
static void learn_huge_devices(struct mappings *mappings)
{
	for (unsigned int shift = 14; shift <= 34; shift++)
		(void)learn_device(mappings, MFD_HUGETLB | shift << MFD_HUGE_SHIFT,
				   (uint64_t)1 << shift);
	mappings->knows_huge = true;
}

int mappings_init(struct mappings *mappings, bool text)
{
	*mappings = (struct mappings){.text = text, .file = -1};
	return learn_device(mappings, 0, (uint64_t)sysconf(_SC_PAGESIZE));
}

/* Whether the mapping is on a device of the kernel's own, where no user names files. */
static bool is_segment(struct mappings *mappings, struct mapping *mapping)
{
	size_t i = 0;

	do {
		for (; i < mappings->device_count; i++)
			if (mappings->devices[i].device == mapping->device) {
				mapping->page_size = mappings->devices[i].page_size;
				return true;
			}
		if (!mappings->knows_huge)
			learn_huge_devices(mappings);
	} while (i < mappings->device_count);
	return false;
}

int mappings_open(struct mappings *mappings, int directory)
{
	mappings->file = openat(directory, "maps", O_RDONLY | O_CLOEXEC);
	mappings->address = 0;
	mappings->used = mappings->length = 0;
	mappings->skip = false;
	return mappings->file < 0 ? -1 : 0;
}

void mappings_close(struct mappings *mappings)
{
	if (mappings->file >= 0)
		close(mappings->file);
	mappings->file = -1;
}

/* Ask for the next file that is mapped shared; its name goes into the buffer. */
static int ask(struct mappings *mappings, struct query *query)
{
	*query = (struct query){
		.size = sizeof(*query),
		.flags = QUERY_COVERING_OR_NEXT | QUERY_FILE_BACKED | QUERY_SHARED,
		.address = mappings->address,
		.name_size = sizeof(mappings->buffer),
		.name = (uintptr_t)mappings->buffer,
	};
	mappings->buffer[0] = '\0';
	if (ioctl(mappings->file, QUERY, query) == 0)
		return 0;
	if (errno != ENAMETOOLONG)
		return -1;
	/* No segment then, but what comes after it may be. */
	query->name_size = 0;
	query->name = 0;
	return ioctl(mappings->file, QUERY, query);
}

static int next_by_query(struct mappings *mappings, struct mapping *mapping)
{
	struct query query;

	do {
		if (ask(mappings, &query))
			return errno == ENOENT ? 0 : -1;
		mappings->address = query.end;
		*mapping = (struct mapping){
			.start = query.start,
			.end = query.end,
			.device = makedev(query.major, query.minor),
			.id = (int)query.inode,
			.writable = query.vma_flags & QUERY_WRITABLE,
		};
	} while (query.inode > INT_MAX || !parse_name(mappings->buffer, &mapping->key) ||
		 !is_segment(mappings, mapping));
	return 1;
}

/* The next line as a string. Returns 1, 0 at the end, or -1 and errno. */
static int read_line(struct mappings *mappings, char **line)
{
	char *start, *end;
	ssize_t got;

	for (;;) {
		start = mappings->buffer + mappings->used;
		end = memchr(start, '\n', mappings->length - mappings->used);
		if (end) {
			*end = '\0';
			mappings->used = (size_t)(end - mappings->buffer) + 1;
			if (!mappings->skip) {
				*line = start;
				return 1;
			}
			mappings->skip = false;
			continue;
		}
		mappings->length -= mappings->used;
		memmove(mappings->buffer, start, mappings->length);
		mappings->used = 0;
		if (mappings->length == sizeof(mappings->buffer)) {
			mappings->skip = true;
			mappings->length = 0;
		}
		got = read(mappings->file, mappings->buffer + mappings->length,
			   sizeof(mappings->buffer) - mappings->length);
		if (got <= 0)
			return got < 0 ? -1 : 0;
		mappings->length += (size_t)got;
	}
}

static int next_by_text(struct mappings *mappings, struct mapping *mapping)
{
	char *line;
	int got;

	while ((got = read_line(mappings, &line)) > 0)
		if (mapping_parse_line(line, mapping) && is_segment(mappings, mapping))
			break;
	return got;
}

int mappings_next(struct mappings *mappings, struct mapping *mapping)
{
	int got;

	if (!mappings->text) {
		got = next_by_query(mappings, mapping);
		/* What else it may be that a sandbox says, the process is not gone. */
		if (got >= 0 || errno == ESRCH || mappings->address)
			return got;
		mappings->text = true;
	}
	return next_by_text(mappings, mapping);
}

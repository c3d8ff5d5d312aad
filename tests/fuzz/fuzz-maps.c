/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /proc/PID/maps of a process that does not want to be seen, or to be seen as another. */
#include "fuzz.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "lib/mapping.h"

static bool is_same(const struct mapping *a, const struct mapping *b)
{
	return a->start == b->start && a->end == b->end && a->device == b->device &&
	       a->id == b->id && a->key == b->key && a->writable == b->writable;
}

/* As show_map_vma() in the kernel's fs/proc/task_mmu.c prints it. */
static void check_line(const char *line)
{
	struct mapping mapping, again;
	char text[256];

	if (!mapping_parse_line(line, &mapping))
		return;
	FUZZ_CHECK(mapping.id >= 0);
	FUZZ_CHECK(strstr(line, "/SYSV") && strstr(line, " (deleted)"));
	snprintf(text, sizeof(text),
		 "%08" PRIx64 "-%08" PRIx64
		 " r%c-s 00000000 %02x:%02x %d    /SYSV%08" PRIx32 " (deleted)",
		 mapping.start, mapping.end, mapping.writable ? 'w' : '-',
		 major(mapping.device), minor(mapping.device), mapping.id, mapping.key);
	FUZZ_CHECK(mapping_parse_line(text, &again) && is_same(&mapping, &again));
}

/* A directory that looks like that of a process. */
static int open_process(const uint8_t *data, size_t size)
{
	static char name[] = "/tmp/shmtool-fuzz.XXXXXX";
	static int directory = -1;
	int file;

	if (directory < 0) {
		FUZZ_CHECK(mkdtemp(name));
		directory = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		FUZZ_CHECK(directory >= 0);
	}
	file = openat(directory, "maps", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	FUZZ_CHECK(file >= 0 && write(file, data, size) == (ssize_t)size);
	close(file);
	return directory;
}

static bool is_known(const struct mappings *mappings, dev_t device)
{
	for (size_t i = 0; i < mappings->device_count; i++)
		if (mappings->devices[i].device == device)
			return true;
	return false;
}

/* Line by line, without any buffer. */
static void check_all(const uint8_t *data, size_t size)
{
	static struct mappings mappings; /* large */
	const uint8_t *end = data + size, *next;
	struct mapping mapping, expected;
	char line[sizeof(mappings.buffer) + 1];

	FUZZ_CHECK(mappings_init(&mappings, true) == 0);
	FUZZ_CHECK(mappings_open(&mappings, open_process(data, size)) == 0);
	for (; data < end && (next = memchr(data, '\n', (size_t)(end - data)));
	     data = next + 1) {
		const size_t length = (size_t)(next - data);

		if (length >= sizeof(mappings.buffer))
			continue;
		memcpy(line, data, length);
		line[length] = '\0';
		if (!mapping_parse_line(line, &expected))
			continue;
		if (!is_known(&mappings, expected.device) && mappings.knows_huge)
			continue;
		if (!is_known(&mappings, expected.device))
			break; /* it has to ask first, which is not to be repeated here */
		FUZZ_CHECK(mappings_next(&mappings, &mapping) == 1);
		FUZZ_CHECK(is_same(&mapping, &expected));
	}
	while (mappings_next(&mappings, &mapping) > 0)
		FUZZ_CHECK(is_known(&mappings, mapping.device));
	mappings_close(&mappings);
}

void fuzz_maps(const uint8_t *data, size_t size)
{
	char *line = fuzz_string(data, size);

	check_line(line);
	free(line);
	check_all(data, size);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "memory.h"

#include <dirent.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "number.h"
#include "sysctl.h"

/* The lines of /proc/meminfo that matter here. */
static const struct {
	const char *name;
	size_t field;
} lines[] = {
	{"MemTotal:", offsetof(struct memory, total)},
	{"SwapTotal:", offsetof(struct memory, swap)},
	{"CommitLimit:", offsetof(struct memory, commit_limit)},
	{"Committed_AS:", offsetof(struct memory, committed)},
	{"HugePages_Total:", offsetof(struct memory, huge.total)},
	{"HugePages_Free:", offsetof(struct memory, huge.free)},
	{"HugePages_Rsvd:", offsetof(struct memory, huge.reserved)},
	{"HugePages_Surp:", offsetof(struct memory, huge.surplus)},
	{"Hugepagesize:", offsetof(struct memory, huge.size)},
};

/* "1234\n" or "1234 kB\n" */
static void parse_value(const char *text, uint64_t *value)
{
	uint64_t number, unit;

	text += strspn(text, " ");
	if (number_digits(&text, 10, &number))
		return;
	unit = strcmp(text, " kB\n") == 0 ? 1024 : 1;
	if (unit == 1 && *text != '\n')
		return;
	if (!__builtin_mul_overflow(number, unit, &number))
		*value = number;
}

static void parse_line(const char *line, struct memory *memory)
{
	size_t length;

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		length = strlen(lines[i].name);
		if (strncmp(line, lines[i].name, length) == 0)
			parse_value(line + length,
				    (uint64_t *)((char *)memory + lines[i].field));
	}
}

void memory_read(struct memory *memory, const char *info)
{
	FILE *file = fopen(info, "re");
	char line[256];

	memset(memory, 0xff, sizeof(*memory)); /* MEMORY_UNKNOWN, all of it */
	while (file && fgets(line, sizeof(line), file))
		parse_line(line, memory);
	if (file)
		fclose(file);
	sysctl_read(SYSCTL_OVERCOMMIT, &memory->overcommit);
	sysctl_read(SYSCTL_HUGE_OVERCOMMIT, &memory->huge.overcommit);
}

void huge_pages_read(struct huge_pages *huge, uint64_t size)
{
	const struct {
		const char *name;
		uint64_t *value;
	} files[] = {
		{"nr_hugepages", &huge->total},
		{"free_hugepages", &huge->free},
		{"resv_hugepages", &huge->reserved},
		{"surplus_hugepages", &huge->surplus},
		{"nr_overcommit_hugepages", &huge->overcommit},
	};
	char path[128];

	memset(huge, 0xff, sizeof(*huge)); /* MEMORY_UNKNOWN, all of it */
	huge->size = size;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path),
			 MEMORY_HUGE_PAGES "/hugepages-%" PRIu64 "kB/%s", size / 1024,
			 files[i].name);
		sysctl_read(path, files[i].value);
	}
}

static int by_number(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

unsigned int huge_pages_sizes(const char *directory, uint64_t sizes[MEMORY_HUGE_SIZES])
{
	static const char prefix[] = "hugepages-";
	DIR *names = opendir(directory);
	const struct dirent *entry;
	unsigned int count = 0;

	if (!names)
		return 0;
	while (count < MEMORY_HUGE_SIZES && (entry = readdir(names))) {
		const char *p = entry->d_name;

		if (strncmp(p, prefix, strlen(prefix)) != 0)
			continue;
		p += strlen(prefix);
		if (number_digits(&p, 10, &sizes[count]) == 0 && strcmp(p, "kB") == 0 &&
		    !__builtin_mul_overflow(sizes[count], 1024, &sizes[count]))
			count++;
	}
	closedir(names);
	qsort(sizes, count, sizeof(sizes[0]), by_number);
	return count;
}

/* The counters are read one after the other, so that their difference may be none. */
static uint64_t difference(uint64_t all, uint64_t taken)
{
	if (all == MEMORY_UNKNOWN || taken == MEMORY_UNKNOWN)
		return MEMORY_UNKNOWN;
	return all > taken ? all - taken : 0;
}

uint64_t huge_pages_available(const struct huge_pages *huge)
{
	return difference(huge->free, huge->reserved);
}

uint64_t huge_pages_possible(const struct huge_pages *huge)
{
	return difference(huge->overcommit, huge->surplus);
}

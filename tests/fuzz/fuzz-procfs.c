/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /proc/sysvipc/shm: a line, and the table. */
#include "fuzz.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "lib/procfs.h"
#include "lib/scan.h"
#include "lib/segment.h"

/* As sysvipc_shm_proc_show() in the kernel's ipc/shm.c prints it. */
static void print(const struct segment *s, char *line, size_t room)
{
	const unsigned int mode = s->mode | (s->dest ? 01000U : 0) |
				  (s->locked ? 02000U : 0);
	int length = snprintf(line, room,
			      "%10" PRId32 " %10d  %4o %21" PRIu64 " %5d %5d  %5" PRIu64
			      " %5u %5u %5u %5u %10" PRIu64 " %10" PRIu64 " %10" PRIu64,
			      (int32_t)s->key, s->id, mode, s->size, s->cpid, s->lpid,
			      s->nattch, s->uid, s->gid, s->cuid, s->cgid,
			      (uint64_t)s->atime, (uint64_t)s->dtime, (uint64_t)s->ctime);

	if (s->rss != SEGMENT_UNKNOWN)
		length += snprintf(line + length, room - (size_t)length,
				   " %21" PRIu64 " %21" PRIu64, s->rss, s->swap);
	snprintf(line + length, room - (size_t)length, "\n");
}

static void check_line(const char *line)
{
	struct segment segment, before, again;
	char text[512];

	memset(&segment, 0xa5, sizeof(segment));
	before = segment;
	if (procfs_parse_line(line, &segment)) {
		FUZZ_CHECK(errno == EBADMSG);
		FUZZ_CHECK(memcmp(&segment, &before, sizeof(segment)) == 0);
		return;
	}
	FUZZ_CHECK(segment.id >= 0 && segment.mode <= 0777);
	/* Unknown is a value of the column, too. */
	if (segment.rss == SEGMENT_UNKNOWN || segment.swap == SEGMENT_UNKNOWN)
		segment.rss = segment.swap = SEGMENT_UNKNOWN;
	print(&segment, text, sizeof(text));
	memset(&again, 0, sizeof(again));
	FUZZ_CHECK(procfs_parse_line(text, &again) == 0);
	FUZZ_CHECK(segment_same(&segment, &again) && segment_untouched(&segment, &again));
	FUZZ_CHECK(again.rss == segment.rss && again.swap == segment.swap &&
		   again.nattch == segment.nattch);
}

static void check_table(const uint8_t *data, size_t size)
{
	static struct scan scan; /* large */
	const int file = fuzz_file(data, size);
	struct segment segment;
	size_t lines = 0, found = 0;
	char path[32];
	int got = 0;

	for (size_t i = 0; i < size; i++)
		lines += data[i] == '\n';
	snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
	if (scan_open(&scan, path)) {
		FUZZ_CHECK(errno == EBADMSG);
		return;
	}
	while ((got = scan_next(&scan, &segment)) > 0)
		found++;
	FUZZ_CHECK(got == 0 || errno == EBADMSG);
	FUZZ_CHECK(lines > found && (got < 0 || size == 0 || data[size - 1] == '\n' ||
				     memchr(data, '\0', size)));
	scan_close(&scan);
}

void fuzz_procfs(const uint8_t *data, size_t size)
{
	char *line = fuzz_string(data, size);

	procfs_is_heading(line);
	check_line(line);
	free(line);
	check_table(data, size);
}

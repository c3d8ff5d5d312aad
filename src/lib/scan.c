/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scan.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "procfs.h"
#include "segment.h"
#include "sysv.h"

/* A line has 210 characters or so today; a longer one counts as truncated. */
enum { LINE_ROOM = 1024 };

static int next_line(struct scan *scan, char line[static LINE_ROOM])
{
	/* No namespace has more: IPCMNI_EXTEND of ipc/util.h, and the heading. */
	if (scan->line++ > 1ul << 24) {
		errno = EBADMSG;
		return -1;
	}
	if (fgets(line, LINE_ROOM, scan->file))
		return 1;
	return ferror(scan->file) ? -1 : 0;
}

/* Not by waiting: what is not the kernel's, as in a chroot, may be a FIFO. */
static FILE *open_table(const char *table)
{
	const int fd = open(table, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat stat;
	FILE *file = NULL;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &stat) == 0 && !S_ISREG(stat.st_mode))
		errno = S_ISDIR(stat.st_mode) ? EISDIR : EINVAL;
	else
		file = fdopen(fd, "r");
	if (!file)
		close(fd);
	return file;
}

int scan_open(struct scan *scan, const char *table)
{
	char line[LINE_ROOM];
	int got;

	/* The buffer, which is most of it, needs no clearing. */
	scan->file = open_table(table);
	scan->line = 0;
	scan->slot = scan->last_slot = 0;
	scan->knows_huge = false;
	if (!scan->file && errno != ENOENT && errno != ENOTDIR)
		return -1;
	if (!scan->file) {
		scan->last_slot = sysv_last_slot();
		return scan->last_slot < 0 ? -1 : 0;
	}
	/* Left to itself, stdio reads /proc a kilobyte at a time. */
	setvbuf(scan->file, scan->buffer, _IOFBF, sizeof(scan->buffer));

	got = next_line(scan, line);
	if (got == 1 && procfs_is_heading(line))
		return 0;
	if (got >= 0)
		errno = EBADMSG;
	scan_close(scan);
	return -1;
}

static int next_slot(struct scan *scan, struct segment *segment)
{
	while (scan->slot <= scan->last_slot) {
		if (sysv_stat_slot(scan->slot++, segment) == 0)
			return 1;
		if (errno != ENOENT)
			return -1;
	}
	return 0;
}

/* The sizes of huge pages of which there are some: only of those can a segment be. */
static unsigned int read_huge_sizes(uint64_t sizes[MEMORY_HUGE_SIZES])
{
	const unsigned int all = huge_pages_sizes(MEMORY_HUGE_PAGES, sizes);
	unsigned int count = 0;
	struct huge_pages pool;

	for (unsigned int i = 0; i < all; i++) {
		huge_pages_read(&pool, sizes[i]);
		if (pool.total)
			sizes[count++] = sizes[i];
	}
	return count;
}

/* Put right what the kernel says of huge pages; few have any, so few look for their sizes. */
static void mend(struct scan *scan, struct segment *segment)
{
	const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);

	if (!segment_exceeds_size(segment, page))
		return;
	if (!scan->knows_huge)
		scan->huge_sizes = read_huge_sizes(scan->huge);
	scan->knows_huge = true;
	segment_mend_rss(segment, page, scan->huge, scan->huge_sizes);
}

int scan_next(struct scan *scan, struct segment *segment)
{
	char line[LINE_ROOM];
	int got;

	if (!scan->file)
		return next_slot(scan, segment);
	got = next_line(scan, line);
	if (got != 1)
		return got;
	if (procfs_parse_line(line, segment))
		return -1;
	mend(scan, segment);
	return 1;
}

void scan_close(struct scan *scan)
{
	int error = errno;

	if (scan->file)
		fclose(scan->file);
	scan->file = NULL;
	errno = error;
}

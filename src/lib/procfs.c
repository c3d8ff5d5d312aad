/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "procfs.h"

#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <string.h>

#include "number.h"
#include "segment.h"

/* ipc/shm.c keeps these beside the permission bits, and the table shows them. */
#define MODE_DEST 01000
#define MODE_LOCKED 02000

enum column {
	KEY,
	ID,
	MODE,
	SIZE,
	CPID,
	LPID,
	NATTCH,
	UID,
	GID,
	CUID,
	CGID,
	ATIME,
	DTIME,
	CTIME,
	OLD_COLUMNS,
	RSS = OLD_COLUMNS,
	SWAP,
	COLUMNS
};

/* The largest value of each column; a time is printed as if it were unsigned. */
static const uint64_t largest[COLUMNS] = {
	[KEY] = INT_MAX,       [ID] = INT_MAX,	     [MODE] = 07777,
	[SIZE] = UINT64_MAX,   [CPID] = INT_MAX,     [LPID] = INT_MAX,
	[NATTCH] = UINT64_MAX, [UID] = UINT32_MAX,   [GID] = UINT32_MAX,
	[CUID] = UINT32_MAX,   [CGID] = UINT32_MAX,  [ATIME] = UINT64_MAX,
	[DTIME] = UINT64_MAX,  [CTIME] = UINT64_MAX, [RSS] = UINT64_MAX,
	[SWAP] = UINT64_MAX,
};

bool procfs_is_heading(const char *line)
{
	line += strspn(line, " ");
	return strncmp(line, "key ", 4) == 0 && strstr(line, " shmid ") &&
	       strchr(line, '\n');
}

/* One column: spaces and digits; *line moves to the space or newline after them. */
static int parse_column(const char **line, enum column column, uint64_t *value)
{
	unsigned int base = column == MODE ? 8 : 10;
	const char *p = *line + strspn(*line, " ");
	bool minus = column == KEY && *p == '-';

	if (minus)
		p++;
	if (number_digits(&p, base, value) || (*p != ' ' && *p != '\n'))
		return -1;
	if (*value > largest[column] + minus)
		return -1;
	if (minus)
		*value = -*value;
	*line = p;
	return 0;
}

int procfs_parse_line(const char *line, struct segment *segment)
{
	uint64_t value[COLUMNS] = {[RSS] = SEGMENT_UNKNOWN, [SWAP] = SEGMENT_UNKNOWN};
	unsigned int column = KEY;

	for (; column < COLUMNS; column++) {
		if (column == OLD_COLUMNS && line[strspn(line, " ")] == '\n')
			break;
		if (parse_column(&line, column, &value[column]))
			goto bad;
	}
	if (!strchr(line, '\n'))
		goto bad;

	*segment = (struct segment){
		.id = (int)value[ID],
		.key = (uint32_t)value[KEY],
		.uid = (uid_t)value[UID],
		.cuid = (uid_t)value[CUID],
		.gid = (gid_t)value[GID],
		.cgid = (gid_t)value[CGID],
		.mode = (unsigned int)value[MODE] & 0777,
		.dest = value[MODE] & MODE_DEST,
		.locked = value[MODE] & MODE_LOCKED,
		.size = value[SIZE],
		.rss = value[RSS],
		.swap = value[SWAP],
		.nattch = value[NATTCH],
		.cpid = (pid_t)value[CPID],
		.lpid = (pid_t)value[LPID],
		.atime = (int64_t)value[ATIME],
		.dtime = (int64_t)value[DTIME],
		.ctime = (int64_t)value[CTIME],
	};
	return 0;
bad:
	errno = EBADMSG;
	return -1;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text that names one segment for good: its id, which another may have one day, and
 * what tells it from that. Pure.
 *
 *	5242900
 *	key=0x0001b207 size=4096 cuid=0 cgid=0 cpid=812 pidns=4026531836 ipcns=...
 *
 * and boot=UUID in the end. The id alone is in the first line, for programs that read no
 * more; postmaster.pid of PostgreSQL is like that.
 */
#ifndef SHMTOOL_ID_RECORD_H
#define SHMTOOL_ID_RECORD_H

#include <stdbool.h>
#include <stddef.h>

#include "origin.h"
#include "segment.h"

struct id_record {
	/* Of this id, key (the one that it was made with), size, cuid, cgid and cpid. */
	struct segment segment;
	struct origin origin;
};

enum { ID_RECORD_ROOM = 256 };

/* The text of a record, and its length. */
size_t id_record_format(const struct id_record *record, char text[static ID_RECORD_ROOM]);

/*
 * Parse what id_record_format() has written, byte for byte: returns 0, or -1 and EBADMSG
 * for everything else. The text need not end with a NUL.
 */
int id_record_parse(const char *text, size_t length, struct id_record *record);

/* Whether it is of this boot and IPC namespace. */
bool id_record_is_from(const struct id_record *record, const struct origin *here);

/*
 * Whether, besides, the segment, as it was seen here, is the one of the record
 * (segment_remains()). The PID of its creator counts only in the PID namespace in which it
 * was recorded: others see another number for it, or none.
 */
bool id_record_names(const struct id_record *record, const struct origin *here,
		     const struct segment *segment);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file that keeps the id of one segment, so that all who start with it agree, also when
 * the segment has lost its key: a marked one can still be attached by its id. While one
 * looks, makes and records, the file is locked (flock(2)), and the others wait. It is never
 * written to, but replaced as a whole (replace.h).
 *
 * As root it must be root's, like the directory that it is in, and nobody else may write
 * there (trust.h). So root's own permissions are enough for everything, and no capability
 * is needed; files of other users, for which there would have to be some, are refused.
 */
#ifndef SHMTOOL_ID_FILE_H
#define SHMTOOL_ID_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/id-record.h"

struct need;
struct segment;

struct id_file {
	/* In. */
	const char *path;
	bool verbose; /* say what it waits for, and why a segment is not taken */

	/* Its own. */
	int fd;	     /* with the lock */
	bool is_new; /* it was made by us, and is empty still */
	mode_t mode;
	bool is_empty;
	struct id_record record; /* else */
	struct origin here;
};

/*
 * Lock the file, and read it; one that is absent is made, with mode 0600 less the umask.
 * What cannot have been written here is not touched. Returns 0, or -1 after a message.
 */
int id_file_open(struct id_file *file);

/*
 * The segment that it names, if it is there still, was made with this key (0: with any, or
 * none), and fits. Returns 1; 0 if it names none that does; or -1 after a message.
 */
int id_file_find(const struct id_file *file, uint32_t key, const struct need *need,
		 struct segment *segment);

/* From now on it names this segment. Returns 0; or -1 after a message, and it is as it was. */
int id_file_record(struct id_file *file, const struct segment *segment);

/* Unlock it. One that was made for nothing is removed. */
void id_file_close(struct id_file *file);

#endif

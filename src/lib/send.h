/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The content of a segment, sent to a descriptor the fastest way that there is. */
#ifndef SHMTOOL_SEND_H
#define SHMTOOL_SEND_H

#include <stdbool.h>
#include <stdint.h>

#include "extent.h"

struct content;

struct sending {
	int to;	   /* in */
	bool copy; /* in: the bytes as they are now, and no pages that may still change */
	bool sparse; /* in: there is nothing in the file from here on: leave out holes */
	bool unread; /* out: what failed is to read the segment, and not to write */

	/* Its own. */
	const struct content *content;
	struct extents extents;
	struct extent rest; /* of the extent that is being sent */
	bool pipe, splices;
	void *zeros; /* or NULL */
	void *buffer;
};

/*
 * Get ready to send length bytes from offset on, all of them in the segment. A pipe is
 * made as large as an ordinary user may (F_SETPIPE_SZ), for that is much faster. Returns
 * 0, or -1 and ENOMEM; send_end() is due in both cases.
 *
 * Into a pipe go the pages themselves, by splice(2) or vmsplice(2), unless copies are asked
 * for: what is written to the segment before they are read out of the pipe is read.
 */
int send_begin(struct sending *sending, const struct content *content, uint64_t offset,
	       uint64_t length);

/*
 * Send the next piece, some MiB at most. Returns its bytes; 0 at the end; or -1 and errno:
 * EFAULT, or with unread any other, if the segment cannot be read (content_read()), else as
 * write(2). The memory that it takes does not depend on the size of the segment.
 */
int64_t send_step(struct sending *sending);

/* With sparse: the file gets the length that is meant, if it ends with a hole. 0 or -1. */
int send_finish(const struct sending *sending);

void send_end(struct sending *sending);

#endif

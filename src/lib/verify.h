/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a window of a segment is what fill.h has written there from an input. */
#ifndef SHMTOOL_VERIFY_H
#define SHMTOOL_VERIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "fill.h"

/* All but what is in begins as zero. It is large. */
struct verify {
	const struct content *content; /* in */
	const struct input *input;     /* in: no stream */
	struct window window;	       /* in: as of fill */

	uint64_t done;	   /* out: bytes that are equal, from its beginning */
	bool input_failed; /* out: it is the input that the error is about */

	/* Its own. */
	struct extent extent;	/* of the input: in which done is */
	struct extent there;	/* of the segment, in a hole of the input */
	struct extents extents; /* that come after it */
	char *buffer;
};

/*
 * Compare some more. Returns 1 if there is more to do, also after a signal; 0 if all is
 * equal; or -1: EILSEQ if the byte at done differs, ENODATA if the input ends there,
 * ENOMEM, and as content_read() and pread(2). It does not make the segment grow.
 */
int verify_step(struct verify *verify);

/* Free what it needed. */
void verify_close(struct verify *verify);

#endif

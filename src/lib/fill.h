/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A window of a segment, filled from an input (input.h), a step at a time.
 *
 * With the file behind the segment (content.h) bytes go there by sendfile(2), as fast as
 * between two files: a new page of it is not zeroed first. Else they are read right into
 * the mapping. Nothing is ever written to the mapping from here: where the kernel has no
 * memory for a page that is a signal, while a call only fails.
 *
 * Whole pages in holes of the input are given back to the system (MADV_REMOVE), not those
 * of huge pages: with the page its reservation would be lost, and who touches it next,
 * while the pool is empty, would be killed.
 */
#ifndef SHMTOOL_FILL_H
#define SHMTOOL_FILL_H

#include <stdbool.h>
#include <stdint.h>

#include "input.h"
#include "window.h"

struct content;

/* All but what is in begins as zero; nothing is to be freed after the last step. */
struct fill {
	const struct content *content; /* in: attached to write */
	const struct input *input;     /* in: may be a stream */
	struct window window; /* in: fitted; no longer than an input that is no stream */
	bool forgets; /* in: it is not read again, so input_forget() what is written */

	uint64_t done;	   /* out: bytes that have been written, from its beginning */
	bool input_failed; /* out: it is the input that the error is about */

	/* Its own. */
	struct extent extent; /* in which done is */
	bool no_file, no_holes;
};

/*
 * Write some more. Returns 1 if there is more to do, also after a signal; 0 at the end, for
 * a stream if it has ended, with done below the window's length if that was before; or -1.
 *
 * Of the input: ENODATA if the file ended early, E2BIG if there is more than fits or was
 * measured, and what read(2) says. Of the segment: EFAULT if a page cannot be had, and
 * what memfd_create(2) says.
 */
int fill_step(struct fill *fill);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bytes from a file or from standard input into a segment, with progress and messages.
 *
 * In prepare(): one of filling_open...(). In run(): filling_measure(), which changes nothing,
 * so that what does not fit is refused in time; then, with the segment attached,
 * filling_write() and filling_verify(). In release(): filling_close(), also where nothing was
 * opened. Each returns 0, or EXIT_FAILURE after a message.
 */
#ifndef SHMTOOL_FILLING_H
#define SHMTOOL_FILLING_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/fill.h"
#include "lib/input.h"

#include "progress.h"

struct content;

struct filling {
	const char
		*path; /* of the file, for messages; NULL: standard input, or no file */
	int file;      /* that is open, or -1 */
	struct input input;
	bool verifies;	     /* filling_verify() comes after filling_write() */
	bool shows_progress; /* also where stderr is no terminal */
	struct progress progress;
};

#define FILLING_NONE                                           \
	{                                                      \
		.file = -1, .input = {.fd = -1, .memory = -1 } \
	}

/*
 * Open the file with this name; NULL or "-": standard input. Or have a byte, or zeros, which
 * need no filling_measure().
 */
int filling_open(struct filling *filling, const char *path);
int filling_open_byte(struct filling *filling, unsigned char byte);
int filling_open_zeros(struct filling *filling);

/*
 * Learn the length of the input, which is input.length then, by reading it into memory if
 * need be. More than there is room for is refused.
 */
int filling_measure(struct filling *filling, uint64_t room);

/*
 * Fill the window, of which input_length() is known to fit, or which a stream is read into
 * as it comes. The window becomes what was written, also after a failure.
 */
int filling_write(struct filling *filling, const struct content *content,
		  struct window *window);

/* Whether that is in the window now. */
int filling_verify(struct filling *filling, const struct content *content,
		   const struct window *window);

void filling_close(struct filling *filling);

#endif

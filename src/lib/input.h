/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where bytes for a segment come from: a file whose length is known before, a stream that
 * is read into memory first to know it (staged), one byte again and again, or zeros.
 * Nothing here is about segments. fill.h takes bytes from here.
 */
#ifndef SHMTOOL_INPUT_H
#define SHMTOOL_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "extent.h"

enum input_kind {
	INPUT_FILE,   /* a regular file: its length is known, and it can be read again */
	INPUT_STREAM, /* anything else, also files that the kernel makes up: once only */
	INPUT_STAGED, /* was a stream, and is in memory */
	INPUT_BYTE,   /* the same byte, without end */
	INPUT_ZEROS,  /* a hole without end */
};

#define INPUT_UNKNOWN UINT64_MAX

struct input {
	enum input_kind kind;
	int fd; /* of the file or stream, which is the caller's; else our own, or -1 */
	uint64_t start;	 /* where in the file the first byte is */
	uint64_t length; /* bytes; INPUT_UNKNOWN of a stream, or if there is no end */

	/* While a stream is staged. */
	uint64_t taken; /* bytes so far */
	int memory;
	char *buffer;
	size_t filled; /* of the buffer */
};

/*
 * Take what a descriptor gives, from its current position on; it stays the caller's. A
 * regular file is measured, and a pipe made as large as an ordinary user may: it is read
 * four times as fast then. Returns 0, or -1: EISDIR, and as fstat(2).
 */
int input_open(struct input *input, int fd);

/* Take the same byte, or a hole, without end. The first returns -1 as memfile_open(). */
int input_open_byte(struct input *input, unsigned char byte);
void input_open_zeros(struct input *input);

/*
 * Read some more of a stream into memory, where pages of zeros take none. Returns 1 if
 * there is more to do, also after a signal; 0 at the end: it is INPUT_STAGED then, and its
 * length is known; or -1: E2BIG if there is more than so many bytes, of which nothing can
 * be read then, and as read(2), memfd_create(2) and pwrite(2).
 */
int input_stage(struct input *input, uint64_t most);

/*
 * The data, or the hole, that begins at this offset of an input that is no stream, before
 * its end. Holes of a file are those that lseek(2) tells, SEEK_HOLE. Returns 0, or -1:
 * ENODATA if the file has become shorter.
 */
int input_extent(const struct input *input, uint64_t offset, struct extent *extent);

/* Where in fd the byte at this offset is, and of how many after it that is true. */
uint64_t input_place(const struct input *input, uint64_t offset, uint64_t *count);

/* As pread(2), on what is no stream and no hole. */
ssize_t input_read(const struct input *input, void *buffer, size_t size, uint64_t offset);

/* As read(2) on a stream, but it waits also where that would not block. */
ssize_t input_receive(const struct input *input, void *buffer, size_t size);

/*
 * Whether it is still as long as it was when it was opened. Returns 0, or -1: ENODATA if
 * it is shorter, E2BIG if it is longer.
 */
int input_check(const struct input *input);

/*
 * Free the memory of these bytes of a staged input, which are zeros from now on: so that
 * what was staged is not in memory twice when it is written.
 */
void input_forget(const struct input *input, uint64_t offset, uint64_t length);

/* Leave a file at this place behind the first byte, as who reads it does. */
void input_leave_at(const struct input *input, uint64_t offset);

/* Free what is ours. All zero but memory and fd of -1 is allowed, and so is twice. */
void input_close(struct input *input);

#endif

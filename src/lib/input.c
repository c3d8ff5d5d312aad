/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "input.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "memfile.h"

enum {
	BUFFER = 256 << 10,  /* of a stream, before it goes into memory */
	PATTERN = 128 << 10, /* a byte, repeated */
	MADE_UP = 64 << 10,
	PIPE = 1 << 20, /* fs.pipe-max-size, unless somebody has changed that */
};

static int fail(int error)
{
	errno = error;
	return -1;
}

/*
 * Whether the size of a regular file is one to rely on. What the kernel makes up when it
 * is read has none, or in /sys that of a page. It has no blocks either. Small files of
 * other kinds can have none too, and take no harm.
 */
static bool is_measurable(const struct stat *stat)
{
	return S_ISREG(stat->st_mode) && stat->st_size > 0 &&
	       (stat->st_blocks > 0 || stat->st_size > MADE_UP);
}

int input_open(struct input *input, int fd)
{
	struct stat stat;
	off_t start;

	*input = (struct input){.fd = fd, .length = INPUT_UNKNOWN, .memory = -1};
	if (fstat(fd, &stat))
		return -1;
	if (S_ISDIR(stat.st_mode))
		return fail(EISDIR);
	input->kind = INPUT_STREAM;
	if (S_ISFIFO(stat.st_mode) && fcntl(fd, F_GETPIPE_SZ) < PIPE)
		fcntl(fd, F_SETPIPE_SZ, PIPE);
	if (!is_measurable(&stat))
		return 0;
	start = lseek(fd, 0, SEEK_CUR);
	if (start < 0)
		return -1;
	input->kind = INPUT_FILE;
	input->start = (uint64_t)start;
	input->length = stat.st_size > start ? (uint64_t)(stat.st_size - start) : 0;
	return 0;
}

/* Write all of it. Returns 0, or -1 and errno. */
static int write_all(int fd, const char *from, size_t size, uint64_t offset)
{
	ssize_t put;

	for (size_t done = 0; done < size; done += (size_t)put) {
		put = pwrite(fd, from + done, size - done, (off_t)(offset + done));
		if (put < 0 && errno == EINTR)
			put = 0;
		if (put < 0)
			return -1;
	}
	return 0;
}

int input_open_byte(struct input *input, unsigned char byte)
{
	char *pattern;
	int got = -1;

	*input = (struct input){
		.kind = INPUT_BYTE, .length = INPUT_UNKNOWN, .fd = -1, .memory = -1};
	input->memory = memfile_open(0, 0);
	if (input->memory < 0)
		return -1;
	pattern = malloc(PATTERN);
	if (pattern) {
		memset(pattern, byte, PATTERN);
		got = write_all(input->memory, pattern, PATTERN, 0);
	}
	free(pattern);
	input->fd = input->memory;
	return got;
}

void input_open_zeros(struct input *input)
{
	*input = (struct input){
		.kind = INPUT_ZEROS, .length = INPUT_UNKNOWN, .fd = -1, .memory = -1};
}

ssize_t input_receive(const struct input *input, void *buffer, size_t size)
{
	struct pollfd readable = {.fd = input->fd, .events = POLLIN};
	ssize_t got;

	/* Whoever shares the pipe or terminal with us may have set O_NONBLOCK. */
	do {
		got = read(input->fd, buffer, size);
	} while (got < 0 && errno == EAGAIN && poll(&readable, 1, -1) > 0);
	return got;
}

static bool is_zeros(const char *at, size_t size)
{
	return *at == 0 && memcmp(at, at + 1, size - 1) == 0;
}

/* Put what is in the buffer into memory, but for pages of zeros. */
static int store(struct input *input)
{
	const uint64_t offset = input->taken - input->filled;
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t size, data = 0; /* what precedes at and is no zeros */

	for (size_t at = 0; at < input->filled; at += size) {
		size = input->filled - at < page ? input->filled - at : page;
		if (!is_zeros(input->buffer + at, size)) {
			data += size;
			continue;
		}
		if (write_all(input->memory, input->buffer + at - data, data,
			      offset + at - data))
			return -1;
		data = 0;
	}
	if (write_all(input->memory, input->buffer + input->filled - data, data,
		      input->taken - data))
		return -1;
	input->filled = 0;
	return 0;
}

static int begin_to_stage(struct input *input)
{
	if (input->memory < 0)
		input->memory = memfile_open(0, 0);
	if (input->memory >= 0 && !input->buffer)
		input->buffer = malloc(BUFFER);
	return input->buffer ? 0 : -1;
}

static int end_to_stage(struct input *input)
{
	/* So long also where it ends in zeros. */
	if (store(input) || ftruncate(input->memory, (off_t)input->taken))
		return -1;
	free(input->buffer);
	input->buffer = NULL;
	input->kind = INPUT_STAGED;
	input->fd = input->memory;
	input->length = input->taken;
	return 0;
}

int input_stage(struct input *input, uint64_t most)
{
	const uint64_t left = most - input->taken;
	size_t room;
	ssize_t got;

	if (begin_to_stage(input))
		return -1;
	room = BUFFER - input->filled;
	if (room > left)
		room = (size_t)left + 1; /* one byte too many tells enough */
	got = input_receive(input, input->buffer + input->filled, room);
	if (got < 0)
		return errno == EINTR ? 1 : -1;
	if (got == 0)
		return end_to_stage(input);
	if ((uint64_t)got > left)
		return fail(E2BIG);
	input->filled += (size_t)got;
	input->taken += (uint64_t)got;
	if (input->filled == BUFFER && store(input))
		return -1;
	return 1;
}

/*
 * The length of a file from its first byte on, as it is now; at most as it was. Returns 0,
 * or -1 and errno.
 */
static int measure(const struct input *input, uint64_t *length)
{
	struct stat stat;

	if (fstat(input->fd, &stat))
		return -1;
	*length = (uint64_t)stat.st_size > input->start
			  ? (uint64_t)stat.st_size - input->start
			  : 0;
	return 0;
}

/* No data comes any more: the hole that is left, unless the file has become shorter. */
static int last_extent(const struct input *input, struct extent *extent)
{
	uint64_t length;

	if (measure(input, &length))
		return -1;
	if (length > input->length)
		length = input->length;
	if (length <= extent->offset)
		return fail(ENODATA);
	extent->length = length - extent->offset;
	extent->data = false;
	return 0;
}

int input_extent(const struct input *input, uint64_t offset, struct extent *extent)
{
	const off_t from = (off_t)(input->start + offset);
	off_t data, end;

	*extent = (struct extent){offset, input->length - offset,
				  input->kind != INPUT_ZEROS};
	if (input->kind == INPUT_ZEROS || input->kind == INPUT_BYTE)
		return 0;
	data = lseek(input->fd, from, SEEK_DATA);
	if (data < 0 && errno == ENXIO)
		return last_extent(input, extent);
	end = data == from ? lseek(input->fd, from, SEEK_HOLE) : data;
	/* Where the file system knows nothing of holes all is data. */
	if (end <= from)
		return 0;
	extent->data = data == from;
	if ((uint64_t)(end - from) < extent->length)
		extent->length = (uint64_t)(end - from);
	return 0;
}

uint64_t input_place(const struct input *input, uint64_t offset, uint64_t *count)
{
	if (input->kind != INPUT_BYTE) {
		*count = input->length - offset;
		return input->start + offset;
	}
	*count = PATTERN - offset % PATTERN;
	return offset % PATTERN;
}

ssize_t input_read(const struct input *input, void *buffer, size_t size, uint64_t offset)
{
	uint64_t count, place = input_place(input, offset, &count);

	return pread(input->fd, buffer, size < count ? size : (size_t)count,
		     (off_t)place);
}

int input_check(const struct input *input)
{
	uint64_t length;

	if (input->kind != INPUT_FILE)
		return 0;
	if (measure(input, &length))
		return -1;
	if (length == input->length)
		return 0;
	return fail(length < input->length ? ENODATA : E2BIG);
}

void input_forget(const struct input *input, uint64_t offset, uint64_t length)
{
	if (input->kind == INPUT_STAGED)
		fallocate(input->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
			  (off_t)offset, (off_t)length);
}

void input_leave_at(const struct input *input, uint64_t offset)
{
	if (input->kind == INPUT_FILE)
		lseek(input->fd, (off_t)(input->start + offset), SEEK_SET);
}

void input_close(struct input *input)
{
	free(input->buffer);
	if (input->memory >= 0)
		close(input->memory);
	*input = (struct input){.fd = -1, .memory = -1};
}

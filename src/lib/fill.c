/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fill.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include "content.h"
#include "memfile.h"

#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22
#endif

enum {
	BY_FILE = 1 << 20,    /* bytes in a step */
	BY_MAPPING = 1 << 18, /* so: it should stay in the processor's cache */
	AS_HOLE = 64 << 20,
};

static size_t at_most(uint64_t length, size_t most)
{
	return length < most ? (size_t)length : most;
}

static char *place(const struct fill *fill)
{
	return fill->content->at + fill->window.offset + fill->done;
}

/* So many bytes are there now. Returns 1: there may be more to do. */
static int advance(struct fill *fill, size_t count)
{
	if (fill->forgets)
		input_forget(fill->input, fill->done, count);
	fill->done += count;
	return 1;
}

/* Returns 1 if it was only a signal, or -1. */
static int fail(struct fill *fill, int error, bool input_failed)
{
	if (error == EINTR)
		return 1;
	fill->input_failed = input_failed;
	errno = error;
	return -1;
}

/* What madvise(2) says of the pages of these bytes; nothing depends on it. */
static void advise(char *at, size_t size, int advice)
{
	const size_t before = (uintptr_t)at % (uintptr_t)sysconf(_SC_PAGESIZE);

	madvise(at - before, before + size, advice);
}

/*
 * The end of a read(2) into the mapping. EFAULT: the page is not to be had. A page that is
 * touched instead gives SIGBUS then.
 */
static int read_result(struct fill *fill, ssize_t got)
{
	if (got > 0) {
		/* As long as they are mapped they count as memory of this process. */
		advise(place(fill), (size_t)got, MADV_DONTNEED);
		return advance(fill, (size_t)got);
	}
	if (got == 0)
		return fail(fill, ENODATA, true);
	return fail(fill, errno, errno != EFAULT);
}

/* Returns 1, and has done something or set no_file. */
static int copy_by_file(struct fill *fill, uint64_t length)
{
	const int file = fill->content->file;
	const uint64_t to = fill->window.offset + fill->done;
	uint64_t count;
	off_t from = (off_t)input_place(fill->input, fill->done, &count);
	ssize_t got = -1;

	if (count > length)
		count = length;
	if (lseek(file, (off_t)to, SEEK_SET) == (off_t)to)
		got = sendfile(file, fill->input->fd, &from, at_most(count, BY_FILE));
	if (got > 0)
		return advance(fill, (size_t)got);
	/*
	 * Huge pages cannot be written so, some files cannot be read so, and an error does not
	 * say which of both had it: the other way tells.
	 */
	if (got == 0 || errno != EINTR)
		fill->no_file = true;
	return 1;
}

static int copy_by_mapping(struct fill *fill, uint64_t length)
{
	const size_t size = at_most(length, BY_MAPPING);
	char *at = place(fill);

	/*
	 * One call for all pages is faster than one fault for each, and to read is enough:
	 * they are shared, and not mapped for reading alone. What it cannot do, read(2) says.
	 */
	advise(at, size, MADV_POPULATE_READ);
	return read_result(fill, input_read(fill->input, at, size, fill->done));
}

static int copy(struct fill *fill, uint64_t length)
{
	if (fill->content->file >= 0 && !fill->no_file)
		return copy_by_file(fill, length);
	return copy_by_mapping(fill, length);
}

/* Write zeros, with a call: read from a file that is one hole. */
static int put_zeros(struct fill *fill, uint64_t length)
{
	const size_t size = at_most(length, BY_MAPPING);
	int zeros = memfile_open(0, size), error;
	ssize_t got;

	if (zeros < 0)
		return fail(fill, errno, false);
	got = pread(zeros, place(fill), size, 0);
	error = got < 0 ? errno : ENODATA;
	close(zeros);
	if (got > 0)
		return advance(fill, (size_t)got);
	return fail(fill, error, false);
}

static int clear(struct fill *fill, uint64_t length)
{
	const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	const uint64_t from = fill->window.offset + fill->done;
	const uint64_t part = (page - from % page) % page;
	const uint64_t whole = length > part ? (length - part) / page * page : 0;
	const size_t size = at_most(whole, AS_HOLE);

	if (fill->no_holes || fill->content->page_size != page || whole == 0)
		return put_zeros(fill, length);
	if (part)
		return put_zeros(fill, part);
	if (madvise(place(fill), size, MADV_REMOVE) == 0)
		return advance(fill, size);
	fill->no_holes = errno != EINTR;
	return 1;
}

/* Read what comes into what is left of the window, or see that nothing comes. */
static int receive(struct fill *fill)
{
	const uint64_t left = fill->window.length - fill->done;
	char beyond;
	ssize_t got;

	if (left == 0)
		got = input_receive(fill->input, &beyond, 1);
	else
		got = input_receive(fill->input, place(fill), at_most(left, BY_FILE));
	if (got == 0)
		return 0;
	if (got > 0 && left == 0)
		return fail(fill, E2BIG, true);
	return read_result(fill, got);
}

int fill_step(struct fill *fill)
{
	struct extent *extent = &fill->extent;
	uint64_t end = extent->offset + extent->length;

	if (fill->input->kind == INPUT_STREAM)
		return receive(fill);
	if (fill->done == fill->window.length)
		return input_check(fill->input) ? fail(fill, errno, true) : 0;
	if (fill->done == end && input_extent(fill->input, fill->done, extent))
		return fail(fill, errno, true);
	end = extent->offset + extent->length;
	if (end > fill->window.length)
		end = fill->window.length;
	return extent->data ? copy(fill, end - fill->done)
			    : clear(fill, end - fill->done);
}

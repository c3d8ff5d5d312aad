/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "send.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "content.h"

#ifndef MADV_POPULATE_READ /* Linux 5.14 */
#define MADV_POPULATE_READ 22
#endif

enum {
	STEP = 1 << 20,
	PIPE = 1 << 20, /* fs.pipe-max-size, unless somebody has changed that */
	ZEROS = 1 << 20,
	BUFFER = 128 << 10, /* it stays in the cache of the processor */
};

int send_begin(struct sending *sending, const struct content *content, uint64_t offset,
	       uint64_t length)
{
	struct stat stat;

	sending->content = content;
	sending->rest = (struct extent){0};
	sending->unread = false;
	sending->pipe = fstat(sending->to, &stat) == 0 && S_ISFIFO(stat.st_mode);
	sending->splices = content->file >= 0 && !content_is_huge(content);
	sending->buffer = malloc(BUFFER);
	/* Nobody writes to it, so that it is the one page of zeros of the kernel's. */
	sending->zeros = mmap(NULL, ZEROS, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (sending->zeros == MAP_FAILED)
		sending->zeros = NULL;
	extents_begin(&sending->extents, content, offset, length);
	if (!sending->zeros || !sending->buffer) {
		errno = ENOMEM;
		return -1;
	}
	if (sending->pipe && fcntl(sending->to, F_GETPIPE_SZ) < PIPE)
		fcntl(sending->to, F_SETPIPE_SZ, PIPE);
	return 0;
}

void send_end(struct sending *sending)
{
	if (sending->zeros)
		munmap(sending->zeros, ZEROS);
	free(sending->buffer);
	sending->zeros = sending->buffer = NULL;
}

/* Whether a call that has failed is to be made again, after a wait if need be. */
static bool is_to_repeat(int to)
{
	struct pollfd poll_to = {.fd = to, .events = POLLOUT};

	if (errno == EAGAIN)
		return poll(&poll_to, 1, -1) >= 0 || errno == EINTR;
	return errno == EINTR;
}

/* What a sandbox forbids (seccomp(2)), or a kernel does not have, write(2) does too. */
static bool is_refused(ssize_t done)
{
	return done < 0 && (errno == EINVAL || errno == ENOSYS || errno == EPERM);
}

static ssize_t move(struct sending *sending, const void *bytes, size_t length)
{
	struct iovec from = {(void *)(uintptr_t)bytes, length};
	ssize_t done = vmsplice(sending->to, &from, 1, 0);

	if (!is_refused(done))
		return done;
	sending->copy = true;
	return write(sending->to, bytes, length);
}

static ssize_t put(struct sending *sending, const void *bytes, size_t length)
{
	ssize_t done;

	do
		done = sending->pipe && !sending->copy
			       ? move(sending, bytes, length)
			       : write(sending->to, bytes, length);
	while (done < 0 && is_to_repeat(sending->to));
	return done;
}

static ssize_t put_hole(struct sending *sending, size_t length)
{
	if (sending->sparse) {
		if (lseek(sending->to, (off_t)length, SEEK_CUR) >= 0)
			return (ssize_t)length;
		/* Beyond what a file can have there (vfs_setpos() in fs/read_write.c). */
		errno = errno == EINVAL ? EFBIG : errno;
		return -1;
	}
	return put(sending, sending->zeros, length < ZEROS ? length : ZEROS);
}

static ssize_t put_file(const struct sending *sending, size_t length)
{
	loff_t offset = (loff_t)sending->rest.offset;
	ssize_t done;

	do
		done = splice(sending->content->file, &offset, sending->to, NULL, length,
			      0);
	while (done < 0 && is_to_repeat(sending->to));
	return done;
}

/* By way of a buffer, all of which is written: vmsplice(2) must not see it again. */
static ssize_t put_copy(struct sending *sending, size_t length)
{
	const char *next = sending->buffer;
	size_t rest;

	length = length < BUFFER ? length : BUFFER;
	sending->unread = content_read(sending->content, sending->rest.offset,
				       sending->buffer, length);
	if (sending->unread)
		return -1;
	for (rest = length; rest;) {
		ssize_t done = write(sending->to, next, rest);

		if (done < 0 && !is_to_repeat(sending->to))
			return -1;
		if (done > 0) {
			next += done;
			rest -= (size_t)done;
		}
	}
	return (ssize_t)length;
}

/*
 * From where it is attached. The page table is filled at once, and emptied again: pages
 * that are in it count as memory of this process.
 */
static ssize_t put_attached(struct sending *sending, size_t length)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	const size_t within = sending->rest.offset % page;
	char *at = sending->content->at + sending->rest.offset;
	ssize_t done;

	madvise(at - within, within + length, MADV_POPULATE_READ);
	done = put(sending, at, length);
	madvise(at - within, within + length, MADV_DONTNEED);
	return done;
}

static ssize_t put_data(struct sending *sending, size_t length)
{
	ssize_t done;

	if (sending->pipe && !sending->copy && sending->splices) {
		done = put_file(sending, length);
		if (!is_refused(done))
			return done;
		sending->splices = false;
	}
	/* Through a buffer it is copied twice, but no page has to be mapped: that takes longer. */
	if (sending->content->file >= 0 || content_is_huge(sending->content))
		return put_copy(sending, length);
	return put_attached(sending, length);
}

int64_t send_step(struct sending *sending)
{
	struct extent *rest = &sending->rest;
	size_t length;
	ssize_t done;

	if (rest->length == 0 && !extents_next(&sending->extents, rest))
		return 0;
	length = rest->length < STEP ? (size_t)rest->length : STEP;
	if (!rest->data && sending->sparse)
		length = (size_t)rest->length;
	done = rest->data ? put_data(sending, length) : put_hole(sending, length);
	if (done <= 0) {
		errno = done < 0 ? errno : EIO;
		return -1;
	}
	rest->offset += (uint64_t)done;
	rest->length -= (uint64_t)done;
	return done;
}

int send_finish(const struct sending *sending)
{
	off_t end = sending->sparse ? lseek(sending->to, 0, SEEK_CUR) : 0;

	return sending->sparse && (end < 0 || ftruncate(sending->to, end)) ? -1 : 0;
}

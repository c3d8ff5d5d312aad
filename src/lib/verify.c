/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verify.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "content.h"

/* Of each of two buffers: they should stay in the processor's cache. */
enum { CHUNK = 128 << 10 };

static size_t at_most_chunk(uint64_t length)
{
	return length < CHUNK ? (size_t)length : CHUNK;
}

/* Returns 1 if it was only a signal, or -1. */
static int fail(struct verify *verify, int error, bool input_failed)
{
	if (error == EINTR)
		return 1;
	verify->input_failed = input_failed;
	errno = error;
	return -1;
}

/* Compare what is in the first half of the buffer with what the segment has. */
static int compare(struct verify *verify, size_t size)
{
	const char *wanted = verify->buffer;
	char *is = verify->buffer + CHUNK;
	size_t same = 0;

	if (content_read(verify->content, verify->window.offset + verify->done, is, size))
		return fail(verify, errno, false);
	if (memcmp(is, wanted, size) == 0) {
		verify->done += size;
		return 1;
	}
	while (is[same] == wanted[same])
		same++;
	verify->done += same;
	return fail(verify, EILSEQ, false);
}

static int compare_data(struct verify *verify, uint64_t length)
{
	ssize_t got = input_read(verify->input, verify->buffer, at_most_chunk(length),
				 verify->done);

	if (got <= 0)
		return fail(verify, got == 0 ? ENODATA : errno, true);
	return compare(verify, (size_t)got);
}

/* What of the segment is a hole as well need not be read. */
static int compare_hole(struct verify *verify, uint64_t length)
{
	const uint64_t at = verify->window.offset + verify->done;
	struct extent *there = &verify->there;
	size_t size;

	if (verify->done == verify->extent.offset)
		extents_begin(&verify->extents, verify->content, at, length);
	if (at == verify->extents.next)
		extents_next(&verify->extents, there);
	if (!there->data) {
		verify->done = verify->extents.next - verify->window.offset;
		return 1;
	}
	size = at_most_chunk(verify->extents.next - at);
	memset(verify->buffer, 0, size);
	return compare(verify, size);
}

int verify_step(struct verify *verify)
{
	struct extent *extent = &verify->extent;
	uint64_t end = extent->offset + extent->length;

	if (verify->done == verify->window.length)
		return 0;
	if (!verify->buffer)
		verify->buffer = malloc((size_t)2 * CHUNK);
	if (!verify->buffer)
		return fail(verify, ENOMEM, false);
	if (verify->done == end && input_extent(verify->input, verify->done, extent))
		return fail(verify, errno, true);
	end = extent->offset + extent->length;
	if (end > verify->window.length)
		end = verify->window.length;
	return extent->data ? compare_data(verify, end - verify->done)
			    : compare_hole(verify, end - verify->done);
}

void verify_close(struct verify *verify)
{
	free(verify->buffer);
	verify->buffer = NULL;
}

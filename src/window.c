/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "window.h"

#include <err.h>
#include <inttypes.h>

#include "lib/segment.h"

int window_check(const struct window *window, const struct segment *segment,
		 uint64_t *length)
{
	const uint64_t size = segment->size;

	if (window->offset > size) {
		warnx("segment %d: has %" PRIu64 " bytes, and none at offset %" PRIu64,
		      segment->id, size, window->offset);
		return -1;
	}
	*length = size - window->offset;
	if (window->length == WINDOW_REST)
		return 0;
	if (window->length > *length) {
		warnx("segment %d: has %" PRIu64 " bytes, and not %" PRIu64
		      " from offset %" PRIu64 " on",
		      segment->id, size, window->length, window->offset);
		return -1;
	}
	*length = window->length;
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "part.h"

#include <err.h>
#include <inttypes.h>

#include "lib/segment.h"

int part_fit(struct window *window, const struct segment *segment)
{
	const uint64_t size = segment->size;

	if (window_fit(window, size) == 0)
		return 0;
	if (window->offset > size)
		warnx("segment %d: has %" PRIu64 " bytes, and none at offset %" PRIu64,
		      segment->id, size, window->offset);
	else
		warnx("segment %d: has %" PRIu64 " bytes, and not %" PRIu64
		      " from offset %" PRIu64 " on",
		      segment->id, size, window->length, window->offset);
	return -1;
}

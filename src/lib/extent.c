/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "extent.h"

#include <errno.h>
#include <unistd.h>

#include "content.h"
#include "residency.h"

void extents_begin(struct extents *extents, const struct content *content,
		   uint64_t offset, uint64_t length)
{
	extents->content = content;
	extents->next = offset;
	extents->end = offset + length;
	extents->window = extents->window_end = 0;
}

/* Where there is data, or a hole, from here on: the end where there is none. */
static uint64_t seek(const struct extents *extents, int whence)
{
	off_t found = lseek(extents->content->file, (off_t)extents->next, whence);

	/* What is no answer is no proof of a hole. */
	if (found < 0 && whence == SEEK_DATA && errno != ENXIO)
		return extents->next;
	return found < 0 || (uint64_t)found > extents->end ? extents->end
							   : (uint64_t)found;
}

/* hugetlbfs knows of no holes: then all is data, and a hole is read without harm. */
static uint64_t end_in_file(const struct extents *extents, bool *data)
{
	uint64_t begin = seek(extents, SEEK_DATA);

	*data = begin == extents->next;
	return *data ? seek(extents, SEEK_HOLE) : begin;
}

static void look(struct extents *extents)
{
	const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE), most = EXTENT_PAGES * page;

	extents->window = extents->next / page * page;
	extents->window_end = extents->end - extents->window > most
				      ? extents->window + most
				      : extents->end;
	extents->unknown = residency_look(extents->content, extents->window,
					  (size_t)(extents->window_end - extents->window),
					  extents->pages);
}

static uint64_t end_in_memory(struct extents *extents, bool *data)
{
	const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	uint64_t end = extents->next;

	if (end >= extents->window_end)
		look(extents);
	*data = true;
	if (extents->unknown)
		return extents->window_end;
	*data = extents->pages[(end - extents->window) / page];
	do
		end = (end / page + 1) * page;
	while (end < extents->window_end &&
	       extents->pages[(end - extents->window) / page] == *data);
	return end < extents->window_end ? end : extents->window_end;
}

bool extents_next(struct extents *extents, struct extent *extent)
{
	uint64_t end = extents->next;

	/* Data that was taken away between two looks ends where it began. */
	while (end == extents->next && end < extents->end)
		end = extents->content->file >= 0 ? end_in_file(extents, &extent->data)
						  : end_in_memory(extents, &extent->data);
	extent->offset = extents->next;
	extent->length = end - extents->next;
	extents->next = end;
	return extent->length;
}

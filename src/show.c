/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "show.h"

#include "lib/content.h"

#include "source.h"

enum { BUFFER = 64 << 10 };

void show_begin(struct show *show, const struct source *source)
{
	show->content = &source->content;
	show->rest = (struct extent){0};
	extents_begin(&show->extents, show->content, source->window.offset,
		      source->window.length);
	if (show->form == FORM_HEX)
		hexdump_begin(&show->hexdump, source->window.offset, show->file);
	else
		texts_begin(&show->texts, source->window.offset, show->file, true);
}

static void feed(struct show *show, const char *bytes, size_t length)
{
	if (show->form == FORM_HEX)
		hexdump_feed(&show->hexdump, bytes, length);
	else
		texts_feed(&show->texts, bytes, length);
}

static void feed_zeros(struct show *show, uint64_t length)
{
	if (show->form == FORM_HEX)
		hexdump_zeros(&show->hexdump, length);
	else
		texts_zeros(&show->texts, length);
}

int64_t show_step(struct show *show)
{
	struct extent *rest = &show->rest;
	char buffer[BUFFER];
	uint64_t length;

	if (ferror(show->file) ||
	    (rest->length == 0 && !extents_next(&show->extents, rest)))
		return 0;
	length = rest->data && rest->length > BUFFER ? BUFFER : rest->length;
	if (!rest->data) {
		feed_zeros(show, length);
	} else {
		if (content_read(show->content, rest->offset, buffer, (size_t)length))
			return -1;
		feed(show, buffer, (size_t)length);
	}
	rest->offset += length;
	rest->length -= length;
	return (int64_t)length;
}

void show_end(struct show *show)
{
	if (show->form == FORM_HEX)
		hexdump_end(&show->hexdump);
	else
		texts_end(&show->texts);
}

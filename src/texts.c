/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "texts.h"

#include <inttypes.h>

static bool is_printable(unsigned char byte)
{
	return (byte >= ' ' && byte <= '~') || byte == '\t';
}

void texts_begin(struct texts *texts, uint64_t offset, FILE *file, bool offsets)
{
	*texts = (struct texts){.file = file, .offsets = offsets, .offset = offset};
}

static void end_text(struct texts *texts)
{
	if (texts->length == TEXTS_LEAST)
		putc('\n', texts->file);
	texts->length = 0;
}

/* More of a text; what is printed begins once it is long enough. */
static void take_text(struct texts *texts, const unsigned char *text, size_t count)
{
	const size_t known = texts->length;

	if (known < TEXTS_LEAST) {
		for (; count && texts->length < TEXTS_LEAST; count--)
			texts->head[texts->length++] = (char)*text++;
		if (texts->length < TEXTS_LEAST)
			return;
		if (texts->offsets)
			fprintf(texts->file, "%7" PRIx64 " ", texts->offset - known);
		fwrite(texts->head, 1, TEXTS_LEAST, texts->file);
	}
	fwrite(text, 1, count, texts->file);
}

static size_t text_length(const unsigned char *bytes, size_t count)
{
	size_t length = 0;

	while (length < count && is_printable(bytes[length]))
		length++;
	return length;
}

/* How far there is no text, where one has just ended: of four bytes the last tells. */
static size_t gap_length(const unsigned char *bytes, size_t count)
{
	size_t length = 0;

	while (count - length >= TEXTS_LEAST &&
	       !is_printable(bytes[length + TEXTS_LEAST - 1]))
		length += TEXTS_LEAST;
	while (length < count && !is_printable(bytes[length]))
		length++;
	return length;
}

void texts_feed(struct texts *texts, const void *bytes, size_t count)
{
	const unsigned char *next = bytes;
	size_t part;

	for (; count; next += part, count -= part) {
		part = text_length(next, count);
		if (part) {
			take_text(texts, next, part);
			texts->offset += part;
		} else {
			part = gap_length(next, count);
			texts_zeros(texts, part);
		}
	}
}

void texts_zeros(struct texts *texts, uint64_t count)
{
	if (count)
		end_text(texts);
	texts->offset += count;
}

void texts_end(struct texts *texts)
{
	end_text(texts);
}

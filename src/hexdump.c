/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hexdump.h"

#include <string.h>

/* "00000010  61 62 ... 68  69 ... 70  |abcdefghijklmnop|\n" */
enum {
	OFFSET = 8,	 /* digits, or more */
	OFFSET_MAX = 16, /* of 64 bits */
	GAP = 2,
	BYTES = HEXDUMP_LINE * 3 + 1, /* in two groups */
	TEXT = HEXDUMP_LINE + 3
};

static const char digits[] = "0123456789abcdef";

void hexdump_begin(struct hexdump *dump, uint64_t offset, FILE *file)
{
	*dump = (struct hexdump){.file = file, .offset = offset};
}

/* Returns the place after it. */
static char *put_offset(char *at, uint64_t offset)
{
	unsigned int shift = OFFSET * 4;

	while (shift < OFFSET_MAX * 4 && offset >> shift)
		shift += 4;
	while (shift) {
		shift -= 4;
		*at++ = digits[offset >> shift & 15];
	}
	return at;
}

static char *put_bytes(char *at, const unsigned char *bytes, size_t count)
{
	memset(at, ' ', GAP + BYTES + 1);
	at += GAP;
	for (size_t i = 0; i < count; i++) {
		char *place = at + i * 3 + (i >= HEXDUMP_LINE / 2);

		place[0] = digits[bytes[i] >> 4];
		place[1] = digits[bytes[i] & 15];
	}
	return at + BYTES + 1;
}

static char *put_text(char *at, const unsigned char *bytes, size_t count)
{
	*at++ = '|';
	for (size_t i = 0; i < count; i++)
		*at++ = (char)(bytes[i] >= ' ' && bytes[i] <= '~' ? bytes[i] : '.');
	*at++ = '|';
	*at++ = '\n';
	return at;
}

static void put_line(struct hexdump *dump, const unsigned char *bytes, size_t count)
{
	char text[OFFSET_MAX + GAP + BYTES + 1 + TEXT], *end;

	end = put_offset(text, dump->offset);
	end = put_bytes(end, bytes, count);
	end = put_text(end, bytes, count);
	fwrite(text, 1, (size_t)(end - text), dump->file);
}

static void take_line(struct hexdump *dump, const unsigned char *line)
{
	const bool is_same = dump->has_last &&
			     memcmp(line, dump->last, HEXDUMP_LINE) == 0;

	if (!is_same) {
		put_line(dump, line, HEXDUMP_LINE);
		memcpy(dump->last, line, HEXDUMP_LINE);
		dump->has_last = true;
	} else if (!dump->is_folded) {
		fputs("*\n", dump->file);
	}
	dump->is_folded = is_same;
	dump->offset += HEXDUMP_LINE;
}

void hexdump_feed(struct hexdump *dump, const void *bytes, size_t count)
{
	const unsigned char *next = bytes;
	size_t part;

	while (count) {
		if (!dump->filled && count >= HEXDUMP_LINE) {
			take_line(dump, next);
			part = HEXDUMP_LINE;
		} else {
			part = HEXDUMP_LINE - dump->filled;
			part = part < count ? part : count;
			memcpy(dump->line + dump->filled, next, part);
			dump->filled += part;
			if (dump->filled == HEXDUMP_LINE) {
				dump->filled = 0;
				take_line(dump, dump->line);
			}
		}
		next += part;
		count -= part;
	}
}

void hexdump_zeros(struct hexdump *dump, uint64_t count)
{
	static const unsigned char zeros[HEXDUMP_LINE * 3];

	if (count >= sizeof(zeros)) {
		/* After these there are two lines of zeros, so that those to come are folded. */
		const size_t first = HEXDUMP_LINE * 3 - dump->filled;

		hexdump_feed(dump, zeros, first);
		count -= first;
		dump->offset += count - count % HEXDUMP_LINE;
		count %= HEXDUMP_LINE;
	}
	hexdump_feed(dump, zeros, (size_t)count);
}

void hexdump_end(struct hexdump *dump)
{
	char text[OFFSET_MAX + 1], *end;

	if (!dump->has_last && !dump->filled)
		return;
	if (dump->filled)
		put_line(dump, dump->line, dump->filled);
	end = put_offset(text, dump->offset + dump->filled);
	*end++ = '\n';
	fwrite(text, 1, (size_t)(end - text), dump->file);
}

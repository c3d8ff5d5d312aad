/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bytes as `hexdump -C` shows them: 16 a line with their offset, and a "*" for lines that
 * are as the one before; the last line is the offset of the end. ASCII alone is printable,
 * in any locale.
 *
 * They come in pieces of any size. Whether all was written, ferror(3) of the file tells:
 * who has much left to dump looks at it now and then.
 */
#ifndef SHMTOOL_HEXDUMP_H
#define SHMTOOL_HEXDUMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { HEXDUMP_LINE = 16 };

struct hexdump {
	FILE *file;
	uint64_t offset; /* of the line that is not complete yet */
	size_t filled;	 /* bytes of it */
	unsigned char line[HEXDUMP_LINE], last[HEXDUMP_LINE];
	bool has_last, is_folded;
};

/* The first byte has this offset. */
void hexdump_begin(struct hexdump *dump, uint64_t offset, FILE *file);

/* The next bytes. */
void hexdump_feed(struct hexdump *dump, const void *bytes, size_t count);

/* So many zeros, of a hole, in no time: all but a few lines of them are the same. */
void hexdump_zeros(struct hexdump *dump, uint64_t count);

/* The end; of nothing at all nothing is printed. */
void hexdump_end(struct hexdump *dump);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The texts in bytes, as `strings -a` of GNU finds them: at least four characters in a row
 * that are printable ASCII or tabs, each text on a line.
 *
 * (A header strings.h here would be taken for <strings.h>, which <string.h> includes.)
 *
 * Bytes come in pieces of any size, and a text can be of any length. Whether all was
 * written, ferror(3) of the file tells.
 */
#ifndef SHMTOOL_TEXTS_H
#define SHMTOOL_TEXTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { TEXTS_LEAST = 4 };

struct texts {
	FILE *file;
	bool offsets;
	uint64_t offset; /* of the next byte */
	size_t length;	 /* of the text that it may belong to; TEXTS_LEAST: or more */
	char head[TEXTS_LEAST]; /* its beginning, as long as it is not known to be one */
};

/*
 * The first byte has this offset. With offsets, that of each text stands before it, in
 * hex as `strings -t x` prints it: to find what lies around it with a dump.
 */
void texts_begin(struct texts *texts, uint64_t offset, FILE *file, bool offsets);

/* The next bytes. */
void texts_feed(struct texts *texts, const void *bytes, size_t count);

/* So many zeros, of a hole, in no time. */
void texts_zeros(struct texts *texts, uint64_t count);

/* The end, also of the last text. */
void texts_end(struct texts *texts);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A row as one line of text for programs. Values are exact (column_exact()), a time
 * comes a second time as seconds in NAME_EPOCH, and no cell is empty: absent is "-".
 * Bytes that are controls, or no UTF-8, or would end the cell, come as \xNN, and so do
 * a backslash and a text that is just "-": what is read back is what there was.
 */
#ifndef SHMTOOL_RECORD_H
#define SHMTOOL_RECORD_H

#include <stdio.h>

struct columns;
struct row;

enum record_format {
	RECORD_RAW,   /* tabs between the cells */
	RECORD_CSV,   /* RFC 4180; quotes where there is a comma or a quote */
	RECORD_PAIRS, /* NAME="value", which a shell may eval: $ ` " come as \xNN too */
};

/* The names of the cells, in a line of their own; nothing for RECORD_PAIRS. */
void record_heading(enum record_format format, const struct columns *columns, FILE *file);

void record_row(enum record_format format, const struct columns *columns,
		const struct row *row, FILE *file);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows on stdout, in whatever format was asked for. */
#ifndef SHMTOOL_OUTPUT_H
#define SHMTOOL_OUTPUT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "column.h"
#include "json.h"

struct libscols_table;

enum output_format {
	OUTPUT_TABLE, /* for people; kept until the end, to fit the columns */
	OUTPUT_JSON,  /* one document; this and the others are written row by row */
	OUTPUT_JSON_LINES,
	OUTPUT_RAW,
	OUTPUT_CSV,
	OUTPUT_PAIRS,
};

struct output {
	/* In. */
	enum output_format format;
	struct columns columns;
	bool bytes;	  /* OUTPUT_TABLE: exact sizes */
	bool no_headings; /* OUTPUT_TABLE, RAW, CSV */
	bool no_truncate; /* OUTPUT_TABLE: do not fit the terminal */
	bool colour;	  /* OUTPUT_TABLE */
	bool holders;	  /* OUTPUT_TABLE: a tree; the others have a column for it */

	int64_t now; /* as of struct moment */

	/* Its own. */
	bool unseen; /* some attaches are of processes that are not visible */
	struct libscols_table *table;
	struct json json;
};

/* What there was in all. */
struct total {
	uint64_t segments;
	uint64_t size, rss, swap; /* bytes, or SEGMENT_UNKNOWN, also if it is too much */
};

void total_add(struct total *total, const struct segment *segment);

/* All return 0, or -1 and errno: ENOMEM. Errors of stdout are left in it. */
int output_begin(struct output *output);
int output_row(struct output *output, const struct row *row);

/* The end of a complete output; total may be NULL, and counts for TABLE and JSON alone. */
int output_end(struct output *output, const struct total *total);

/* Free what output holds. One without its end is left incomplete, and JSON invalid. */
void output_release(struct output *output);

/*
 * A row as members of a JSON object. A time comes as text and as epoch.
 * COLUMN_HOLDERS comes as an array of objects, with how many attaches none of them
 * accounts for, and the key that the segment was made with.
 */
void output_members(struct json *json, const struct columns *columns,
		    const struct row *row);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What can be said of a segment: one table, from which every output is drawn. */
#ifndef SHMTOOL_COLUMN_H
#define SHMTOOL_COLUMN_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "lib/verdict.h"
#include "value.h"

struct attachment;
struct names;

enum column_type {
	COLUMN_WORD,	/* a short text of ours */
	COLUMN_STATE,	/* one that has a colour */
	COLUMN_TEXT,	/* of somebody else, not trusted; may be cut to fit a terminal */
	COLUMN_HOLDERS, /* for people a text; for programs more, see output.h */
	COLUMN_NUMBER,
	COLUMN_SIZE,	 /* bytes */
	COLUMN_TIME,	 /* seconds since the Epoch */
	COLUMN_DURATION, /* seconds */
	COLUMN_BOOL,
};

/* One value. Which member counts depends on the column's type. */
struct cell {
	bool absent;
	const char *text; /* COLUMN_WORD, _STATE, _TEXT; NULL: it is in room */
	uint64_t bytes;	  /* COLUMN_SIZE */
	int64_t number;	  /* the others */
	char room[VERDICT_ROOM];
};

/* What the cells of a row are made from; names is a cache. */
struct row {
	const struct finding *finding;
	struct names *names;
	const struct attachment *attachment; /* NULL: nobody has looked */
};

struct column {
	const char *name; /* "NATTCH"; in JSON "nattch" */
	enum column_type type;
	const char *help; /* one line, lower case, no full stop */
	void (*get)(const struct row *row, struct cell *cell);
};

enum { COLUMNS_MAX = 32 };

/* A choice of columns, in order. */
struct columns {
	const struct column *item[COLUMNS_MAX];
	unsigned int count;
};

/* Whether its values are texts: all up to COLUMN_HOLDERS. */
bool column_is_text(const struct column *column);

/* The value of one column in a row. */
void column_get(const struct column *column, const struct row *row, struct cell *cell);

/* All columns, ended by one without a name. */
extern const struct column column_table[];

/* The column with this name, length bytes long, in any case; or NULL. */
const struct column *column_find(const char *name, size_t length);

/* What list shows without -o. */
struct columns columns_default(void);

struct columns columns_all(void);

/*
 * The value of an option -o: names separated by commas, in any case; with a leading
 * '+' they follow the default. Returns 0, or -1 with errno EINVAL for an unknown,
 * repeated or empty name.
 */
int columns_parse(const char *text, struct columns *columns);

extern const struct value value_columns;
#define VALUE_COLUMNS(settings, field) \
	&value_columns, FIELD(struct columns, settings, field)

/*
 * The cell as a person reads it, or NULL if it is absent; sizes in bytes if asked for.
 * The text is in cell->room or where cell->text was. Not escaped.
 */
const char *column_text(const struct column *column, struct cell *cell, bool bytes);

/*
 * The cell as a program reads it, or NULL if it is absent: bytes, seconds, a time by
 * RFC 3339 in UTC, true or false. Where it is no text or time it is valid JSON.
 */
const char *column_exact(const struct column *column, struct cell *cell);

bool columns_have(const struct columns *columns, const struct column *column);

/* Add that column, unless it is there. */
void columns_add_holders(struct columns *columns);

/* The help of every column, for --help. */
void columns_help(FILE *file);

#endif

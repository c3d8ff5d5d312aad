/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A JSON document (RFC 8259), written as it grows. What is in an array of the document
 * stands one to a line, deeper arrays are part of that. Bytes that are not UTF-8 become
 * U+FFFD, and what misleads (utf8.h) is escaped: the document is valid, and safe to look at,
 * whatever other processes call themselves. Errors are left in the stream (ferror(3)).
 */
#ifndef SHMTOOL_JSON_H
#define SHMTOOL_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct json {
	FILE *file;
	bool flat; /* all on one line */
	unsigned int depth;
	bool follows; /* the next value in this object or array needs a comma */
};

/* A key is NULL in an array. Keys are trusted: plain words. */
void json_open_object(struct json *json, const char *key);
void json_close_object(struct json *json);
void json_open_array(struct json *json, const char *key);
void json_close_array(struct json *json);

void json_text(struct json *json, const char *key, const char *text);
void json_unsigned(struct json *json, const char *key, uint64_t value);
void json_signed(struct json *json, const char *key, int64_t value);
/* A number, or null for UINT64_MAX: what src/lib gives for a number that is unknown. */
void json_known(struct json *json, const char *key, uint64_t value);
/* A number of hundredths, as 12.34. */
void json_hundredths(struct json *json, const char *key, uint64_t value);
void json_bool(struct json *json, const char *key, bool value);
/* A value that is JSON already, such as a number. */
void json_literal(struct json *json, const char *key, const char *literal);
void json_null(struct json *json, const char *key);

/* The newline at the end. */
void json_end(struct json *json);

#endif

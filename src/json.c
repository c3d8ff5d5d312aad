/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "json.h"

#include <inttypes.h>
#include <stddef.h>

#include "format.h"
#include "utf8.h"

/* Much of the time of a long list goes by here, so nothing is locked or parsed twice. */
static void put(struct json *json, const char *text)
{
	fputs_unlocked(text, json->file);
}

static void put_char(struct json *json, char c)
{
	putc_unlocked(c, json->file);
}

/* Whether a value without key stands on a line of its own: in an array of the document. */
static bool has_own_line(const struct json *json)
{
	return json->depth == 2 && !json->flat;
}

/* What comes before a value: comma, and its key or its line. */
static void begin(struct json *json, const char *key)
{
	if (json->follows)
		put(json, key || !has_own_line(json) ? ", " : ",");
	if (key) {
		put_char(json, '"');
		put(json, key);
		put(json, "\": ");
	} else if (has_own_line(json)) {
		put(json, "\n  ");
	}
	json->follows = true;
}

static void open_bracket(struct json *json, const char *key, char bracket)
{
	begin(json, key);
	put_char(json, bracket);
	json->depth++;
	json->follows = false;
}

static void close_bracket(struct json *json, char bracket)
{
	put_char(json, bracket);
	json->depth--;
	json->follows = true;
}

void json_open_object(struct json *json, const char *key)
{
	open_bracket(json, key, '{');
}

void json_close_object(struct json *json)
{
	close_bracket(json, '}');
}

void json_open_array(struct json *json, const char *key)
{
	open_bracket(json, key, '[');
}

void json_close_array(struct json *json)
{
	if (json->follows && has_own_line(json))
		put_char(json, '\n');
	close_bracket(json, ']');
}

/* How many bytes from p on are ASCII with nothing to escape. */
static size_t plain_length(const unsigned char *p)
{
	size_t length = 0;

	while (p[length] >= 0x20 && p[length] < 0x7f && p[length] != '"' &&
	       p[length] != '\\')
		length++;
	return length;
}

/* A character as UTF-16 in ASCII, for who looks at the document. */
static void put_escaped(struct json *json, uint32_t character)
{
	if (character > 0xffff) {
		fprintf(json->file, "\\u%04x",
			(unsigned int)(0xd7c0 + (character >> 10)));
		character = 0xdc00 | (character & 0x3ff);
	}
	fprintf(json->file, "\\u%04x", (unsigned int)character);
}

/* Write what is not plain at p; how many bytes that is. */
static size_t put_special(struct json *json, const unsigned char *p)
{
	const unsigned int length = utf8_length(p);
	const uint32_t character = utf8_decode(p, length);

	if (!length)
		put(json, "\\ufffd");
	else if (*p == '"' || *p == '\\')
		fprintf(json->file, "\\%c", *p);
	else if (utf8_misleads(character))
		put_escaped(json, character);
	else
		fwrite_unlocked(p, 1, length, json->file);
	return length ? length : 1;
}

void json_text(struct json *json, const char *key, const char *text)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t length;

	begin(json, key);
	put_char(json, '"');
	for (; *p; p += length) {
		length = plain_length(p);
		if (length)
			fwrite_unlocked(p, 1, length, json->file);
		else
			length = put_special(json, p);
	}
	put_char(json, '"');
}

void json_unsigned(struct json *json, const char *key, uint64_t value)
{
	char text[FORMAT_ROOM];

	begin(json, key);
	format_unsigned(value, text);
	put(json, text);
}

void json_signed(struct json *json, const char *key, int64_t value)
{
	char text[FORMAT_ROOM];

	begin(json, key);
	format_signed(value, text);
	put(json, text);
}

void json_known(struct json *json, const char *key, uint64_t value)
{
	if (value == UINT64_MAX)
		json_null(json, key);
	else
		json_unsigned(json, key, value);
}

void json_hundredths(struct json *json, const char *key, uint64_t value)
{
	begin(json, key);
	fprintf(json->file, "%" PRIu64 ".%02u", value / 100, (unsigned int)(value % 100));
}

void json_literal(struct json *json, const char *key, const char *literal)
{
	begin(json, key);
	put(json, literal);
}

void json_bool(struct json *json, const char *key, bool value)
{
	json_literal(json, key, value ? "true" : "false");
}

void json_null(struct json *json, const char *key)
{
	json_literal(json, key, "null");
}

void json_end(struct json *json)
{
	put_char(json, '\n');
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "json.h"

#include <inttypes.h>
#include <stddef.h>

/* What comes before a value: comma, and its key or its line. */
static void begin(struct json *json, const char *key)
{
	if (json->follows)
		fputs(key ? ", " : ",", json->file);
	if (key)
		fprintf(json->file, "\"%s\": ", key);
	else if (json->depth)
		fputs("\n  ", json->file);
	json->follows = true;
}

static void open_bracket(struct json *json, const char *key, char bracket)
{
	begin(json, key);
	fputc(bracket, json->file);
	json->depth++;
	json->follows = false;
}

static void close_bracket(struct json *json, char bracket)
{
	fputc(bracket, json->file);
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
	if (json->follows)
		fputc('\n', json->file);
	close_bracket(json, ']');
}

/*
 * The length of the UTF-8 sequence at p, 0 if it is none: too short, overlong, a
 * surrogate or beyond U+10FFFF (RFC 3629, section 4).
 */
static unsigned int utf8_length(const unsigned char *p)
{
	unsigned int length = *p < 0x80 ? 1 : *p < 0xe0 ? 2 : *p < 0xf0 ? 3 : 4;

	if (length == 1)
		return 1;
	if (*p < 0xc2 || *p > 0xf4)
		return 0;
	if ((*p == 0xe0 && p[1] < 0xa0) || (*p == 0xed && p[1] > 0x9f) ||
	    (*p == 0xf0 && p[1] < 0x90) || (*p == 0xf4 && p[1] > 0x8f))
		return 0;
	for (unsigned int i = 1; i < length; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	return length;
}

void json_text(struct json *json, const char *key, const char *text)
{
	const unsigned char *p = (const unsigned char *)text;
	unsigned int length;

	begin(json, key);
	fputc('"', json->file);
	for (; *p; p += length) {
		length = utf8_length(p);
		if (!length) {
			fputs("\\ufffd", json->file);
			length = 1;
		} else if (*p == '"' || *p == '\\') {
			fprintf(json->file, "\\%c", *p);
		} else if (*p < 0x20 || *p == 0x7f) {
			fprintf(json->file, "\\u%04x", *p);
		} else if (*p == 0xc2 && p[1] < 0xa0) {
			/* The controls of ISO 6429, which some terminals obey. */
			fprintf(json->file, "\\u%04x", p[1]);
		} else {
			fwrite(p, 1, length, json->file);
		}
	}
	fputc('"', json->file);
}

void json_unsigned(struct json *json, const char *key, uint64_t value)
{
	begin(json, key);
	fprintf(json->file, "%" PRIu64, value);
}

void json_signed(struct json *json, const char *key, int64_t value)
{
	begin(json, key);
	fprintf(json->file, "%" PRId64, value);
}

void json_bool(struct json *json, const char *key, bool value)
{
	begin(json, key);
	fputs(value ? "true" : "false", json->file);
}

void json_null(struct json *json, const char *key)
{
	begin(json, key);
	fputs("null", json->file);
}

void json_end(struct json *json)
{
	fputc('\n', json->file);
}

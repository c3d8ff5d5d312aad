/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "json.h"

#include <inttypes.h>
#include <stddef.h>

#include "utf8.h"

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
		} else if (utf8_is_control(p)) {
			fprintf(json->file, "\\u%04x", length == 1 ? *p : p[1]);
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

void json_hundredths(struct json *json, const char *key, uint64_t value)
{
	begin(json, key);
	fprintf(json->file, "%" PRIu64 ".%02u", value / 100, (unsigned int)(value % 100));
}

void json_bool(struct json *json, const char *key, bool value)
{
	json_literal(json, key, value ? "true" : "false");
}

void json_literal(struct json *json, const char *key, const char *literal)
{
	begin(json, key);
	fputs(literal, json->file);
}

void json_null(struct json *json, const char *key)
{
	json_literal(json, key, "null");
}

void json_end(struct json *json)
{
	fputc('\n', json->file);
}

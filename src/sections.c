/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sections.h"

#include <errno.h>
#include <ini.h>
#include <stdbool.h>
#include <string.h>

#include "place.h"
#include "utf8.h"

#define BLANKS " \t"
#define BYTE_ORDER_MARK "\xef\xbb\xbf"

struct reader {
	FILE *file;
	struct place place;
	const struct sections *sections;
	void *user;
	bool begun, failed; /* a section has; there was a message */
};

/* Read a line, or the beginning of one that is too long. 1; 0 at the end; -1. */
static int read_line(struct reader *reader, char line[static SECTIONS_LINE + 2])
{
	size_t length = 0;
	int byte = getc(reader->file);

	if (byte == EOF)
		return 0;
	reader->place.line++;
	for (; byte != '\n' && byte != EOF; byte = getc(reader->file)) {
		if (byte == '\0')
			return place_error(&reader->place,
					   "a zero byte: this is no text");
		if (length <= SECTIONS_LINE)
			line[length++] = (char)byte;
	}
	if (length && line[length - 1] == '\r')
		length--;
	line[length] = '\0';
	if (reader->place.line == 1 && strncmp(line, BYTE_ORDER_MARK, 3) == 0)
		memmove(line, line + 3, strlen(line + 3) + 1);
	return 1;
}

static bool is_text(const char *line)
{
	const unsigned char *p = (const unsigned char *)line;
	unsigned int length;

	for (; *p; p += length) {
		length = utf8_length(p);
		if (!length || (utf8_misleads(utf8_decode(p, length)) && *p != '\t'))
			return false;
	}
	return true;
}

/* "[section] ; comment": inih would cut the name, and ignore whatever follows. */
static int begin_section(struct reader *reader, char *line)
{
	char *end = strchr(line, ']'), *rest;

	if (!end)
		return place_error(&reader->place, "']' is missing");
	rest = end + 1 + strspn(end + 1, BLANKS);
	if (*rest && *rest != ';')
		return place_error(&reader->place, "unexpected text after ']': '%s'",
				   rest);
	while (strchr(BLANKS, end[-1]))
		end--;
	*end = '\0';
	if (reader->begun && reader->sections->end(reader->user))
		return -1;
	reader->begun = true;
	return reader->sections->begin(reader->user, line + 1, &reader->place);
}

/* What is to become of a line: 1 if inih is to split it; 0 if it is done with; -1. */
static int look_at(struct reader *reader, char *line, size_t limit)
{
	const char *start = line + strspn(line, BLANKS);
	const struct place *place = &reader->place;

	if (!*start || *start == ';' || *start == '#')
		return 0;
	if (strlen(line) > limit)
		return place_error(place, "the line is longer than %zu bytes", limit);
	if (!is_text(line))
		return place_error(place,
				   "a control character, or bytes that are no UTF-8");
	if (start > line)
		return place_error(place,
				   "the line is indented: begin it in the first column");
	if (*line == '[')
		return begin_section(reader, line);
	if (!reader->begun)
		return place_error(
			place,
			"outside of any section: expected a line such as [gc] above it");
	return 1;
}

/* As fgets(3), for inih. Lines that it has nothing to do with are empty. */
static char *next_line(char *text, int size, void *stream)
{
	const size_t room = (size_t)size - sizeof("\r\n");
	struct reader *reader = stream;
	char line[SECTIONS_LINE + 2] = "";
	int got;

	if (reader->failed)
		return NULL;
	got = read_line(reader, line);
	if (got == 0)
		return NULL;
	if (got > 0)
		got = look_at(reader, line, room < SECTIONS_LINE ? room : SECTIONS_LINE);
	reader->failed = got < 0;
	snprintf(text, (size_t)size, "%s\n", got > 0 ? line : "");
	return reader->failed ? NULL : text;
}

static int set(void *user, const char *section, const char *name, const char *value)
{
	struct reader *reader = user;

	(void)section;
	/* inih takes "=;" for a value, and "= ;" for a comment. */
	if (*value == ';')
		reader->failed = place_error(
			&reader->place,
			"a value cannot begin with ';', as a comment does");
	else if (reader->sections->set(reader->user, name, value, &reader->place))
		reader->failed = true;
	return !reader->failed;
}

int sections_read(FILE *file, const char *name, const struct sections *sections,
		  void *user)
{
	struct reader reader = {file, {.file = name}, sections, user, false, false};
	const int result = ini_parse_stream(next_line, &reader, set, &reader);
	struct place place = {.file = name};

	if (reader.failed)
		return -1;
	if (ferror(file))
		return place_error(&place, "%s", strerror(EIO));
	if (result < 0)
		return place_error(&place, "%s", strerror(ENOMEM));
	place.line = (unsigned int)result;
	if (result > 0)
		return place_error(&place, "neither a [section] nor KEY = VALUE");
	return reader.begun ? sections->end(user) : 0;
}

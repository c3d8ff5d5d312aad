/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "format.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wchar.h>
#include <wctype.h>

#include "utf8.h"

/* Write the number at this place, without an end; returns the place after it. */
static char *put_unsigned(char *at, uint64_t value)
{
	char digits[20];
	size_t first = sizeof(digits);

	do {
		digits[--first] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	return mempcpy(at, digits + first, sizeof(digits) - first);
}

static char *put_signed(char *at, int64_t value)
{
	if (value >= 0)
		return put_unsigned(at, (uint64_t)value);
	*at = '-';
	return put_unsigned(at + 1, -(uint64_t)value);
}

void format_unsigned(uint64_t value, char text[static FORMAT_ROOM])
{
	*put_unsigned(text, value) = '\0';
}

void format_signed(int64_t value, char text[static FORMAT_ROOM])
{
	*put_signed(text, value) = '\0';
}

void format_key(uint32_t key, char text[static FORMAT_ROOM])
{
	static const char digits[] = "0123456789abcdef";

	*text++ = '0';
	*text++ = 'x';
	for (int shift = 28; shift >= 0; shift -= 4)
		*text++ = digits[key >> shift & 15];
	*text = '\0';
}

void format_size(uint64_t bytes, char text[static FORMAT_ROOM])
{
	static const char units[] = "BKMGTPE";
	unsigned int power = 0, tenths = 0;
	uint64_t whole = bytes;

	while (whole >= 1024) {
		const uint64_t rest = whole % 1024;

		whole /= 1024;
		power++;
		tenths = (unsigned int)((rest * 10 + 512) / 1024);
		/* 1023.96K is 1M. */
		if (tenths == 10) {
			tenths = 0;
			whole++;
		}
	}
	text = put_unsigned(text, whole);
	if (tenths) {
		*text++ = '.';
		*text++ = (char)('0' + tenths);
	}
	*text++ = units[power];
	*text = '\0';
}

void format_duration(int64_t seconds, char text[static FORMAT_ROOM])
{
	int64_t minutes = seconds / 60, hours = minutes / 60, days = hours / 24;
	int64_t high, low;
	const char *units;

	if (days) {
		high = days, low = hours % 24, units = "dh";
	} else if (hours) {
		high = hours, low = minutes % 60, units = "hm";
	} else if (minutes) {
		high = minutes, low = seconds % 60, units = "ms";
	} else {
		high = seconds, low = 0, units = "s";
	}
	text = put_signed(text, high);
	*text++ = units[0];
	if (low) {
		text = put_signed(text, low);
		*text++ = units[1];
	}
	*text = '\0';
}

void format_permissions(unsigned int mode, char text[static FORMAT_ROOM])
{
	static const char letters[] = "rwxrwxrwx";

	for (unsigned int i = 0; i < 9; i++) {
		text[i] = '-';
		if (mode & (0400u >> i))
			text[i] = letters[i];
	}
	text[9] = '\0';
}

/* A year beyond what struct tm or the room can hold: the number is still true. */
static void fall_back(int64_t time, char text[static FORMAT_ROOM])
{
	snprintf(text, FORMAT_ROOM, "@%" PRId64, time);
}

void format_local_time(int64_t time, char text[static FORMAT_ROOM])
{
	struct tm tm;

	if (!localtime_r(&(time_t){time}, &tm) ||
	    !strftime(text, FORMAT_ROOM, "%Y-%m-%d %H:%M:%S", &tm))
		fall_back(time, text);
}

void format_rfc3339(int64_t time, char text[static FORMAT_ROOM])
{
	struct tm tm;

	if (!gmtime_r(&(time_t){time}, &tm) ||
	    !strftime(text, FORMAT_ROOM, "%Y-%m-%dT%H:%M:%SZ", &tm))
		fall_back(time, text);
}

/*
 * How much of it every locale prints as it is: most of what there is, and in one piece. If
 * the text is to be exact, not what is written for bytes that are not.
 */
static size_t plain_length(const char *text, bool exact)
{
	size_t length = 0;

	while (text[length] >= ' ' && text[length] <= '~' &&
	       !(exact && text[length] == '\\' && text[length + 1] == 'x'))
		length++;
	return length;
}

static size_t put_bytes(const char *text, size_t length, FILE *file)
{
	for (size_t i = 0; i < length; i++)
		fprintf(file, "\\x%02x", (unsigned char)text[i]);
	return length;
}

/*
 * Print the character at text, or a byte of what is none; how many bytes that is. What
 * misleads as UTF-8 can be letters in this locale, but a terminal may take it for UTF-8.
 */
static size_t put_special(const char *text, FILE *file)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t length = utf8_length(p);
	wchar_t wide;

	if (length && utf8_misleads(utf8_decode(p, (unsigned int)length)))
		return put_bytes(text, length, file);
	length = mbrtowc(&wide, text, strlen(text), &(mbstate_t){0});
	if (length == 0 || length > MB_LEN_MAX)
		return put_bytes(text, 1, file);
	if (!iswprint((wint_t)wide) || utf8_misleads((uint32_t)wide))
		return put_bytes(text, length, file);
	return fwrite(text, 1, length, file);
}

static void put_safe(const char *text, bool exact, FILE *file)
{
	size_t length;

	for (; *text; text += length) {
		length = plain_length(text, exact);
		if (length)
			fwrite(text, 1, length, file);
		else if (*text == '\\')
			length = put_bytes(text, 1, file);
		else
			length = put_special(text, file);
	}
}

void format_put_safe(const char *text, FILE *file)
{
	put_safe(text, false, file);
}

void format_put_wrapped(const char *words, size_t at, size_t indent, FILE *file)
{
	const char *gap = "";
	size_t length;

	for (; *words; words += strspn(words, " ")) {
		length = strcspn(words, " ");
		if (*gap && at + 1 + length > 80) {
			fprintf(file, "\n%*s", (int)indent, "");
			at = indent;
			gap = "";
		}
		fprintf(file, "%s%.*s", gap, (int)length, words);
		at += strlen(gap) + length;
		words += length;
		gap = " ";
	}
}

bool format_is_plain(const char *text)
{
	return !text[plain_length(text, true)];
}

char *format_make_safe(const char *text)
{
	char *safe = NULL;
	size_t length;
	FILE *file = open_memstream(&safe, &length);

	if (!file)
		return NULL;
	put_safe(text, true, file);
	if (fclose(file) == 0)
		return safe;
	free(safe);
	return NULL;
}

void format_print_safe(FILE *file, const char *format, va_list arguments)
{
	char *text;

	if (vasprintf(&text, format, arguments) < 0) {
		fputs(format, file);
		return;
	}
	format_put_safe(text, file);
	free(text);
}

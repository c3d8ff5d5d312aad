/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "format.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wchar.h>
#include <wctype.h>

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
	uint64_t whole = bytes, rest = 0;

	while (whole >= 1024) {
		rest = whole % 1024;
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

	for (unsigned int i = 0; i < 9; i++)
		text[i] = mode & (0400u >> i) ? letters[i] : '-';
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

/* How much of it every locale prints as it is: most of what there is, and in one piece. */
static size_t plain_length(const char *text)
{
	size_t length = 0;

	while (text[length] >= ' ' && text[length] <= '~')
		length++;
	return length;
}

void format_put_safe(const char *text, FILE *file)
{
	mbstate_t state = {0};
	wchar_t wide;
	size_t length;

	for (; *text; text += length) {
		length = plain_length(text);
		if (length) {
			fwrite(text, 1, length, file);
			continue;
		}
		length = mbrtowc(&wide, text, strlen(text), &state);
		if (length <= MB_LEN_MAX && iswprint((wint_t)wide)) {
			fwrite(text, 1, length, file);
			continue;
		}
		state = (mbstate_t){0};
		length = 1;
		fprintf(file, "\\x%02x", (unsigned char)*text);
	}
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

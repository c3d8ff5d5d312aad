/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "number.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

static int fail(int error)
{
	errno = error;
	return -1;
}

static unsigned int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned int)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned int)(c - 'a') + 10;
	if (c >= 'A' && c <= 'F')
		return (unsigned int)(c - 'A') + 10;
	return UINT_MAX;
}

int number_digits(const char **text, unsigned int base, uint64_t *value)
{
	const char *p = *text;
	uint64_t sum = 0;
	unsigned int digit;

	for (; (digit = digit_value(*p)) < base; p++)
		if (__builtin_mul_overflow(sum, base, &sum) ||
		    __builtin_add_overflow(sum, digit, &sum))
			return fail(ERANGE);
	if (p == *text)
		return fail(EINVAL);
	*text = p;
	*value = sum;
	return 0;
}

static int whole(const char *text, unsigned int base, uint64_t max, uint64_t *value)
{
	uint64_t number;

	if (number_digits(&text, base, &number))
		return -1;
	if (*text)
		return fail(EINVAL);
	if (number > max)
		return fail(ERANGE);
	*value = number;
	return 0;
}

int number_decimal(const char *text, uint64_t max, uint64_t *value)
{
	if (text[0] == '0' && text[1])
		return fail(EINVAL);
	return whole(text, 10, max, value);
}

int number_id(const char *text, int *value)
{
	uint64_t number;

	if (number_decimal(text, INT_MAX, &number))
		return -1;
	*value = (int)number;
	return 0;
}

static int key_in_base(const char *digits, unsigned int base, uint32_t *value)
{
	uint64_t number;

	if (whole(digits, base, UINT32_MAX, &number))
		return -1;
	if (number == 0)
		return fail(EINVAL);
	*value = (uint32_t)number;
	return 0;
}

int number_hex_key(const char *text, uint32_t *value)
{
	if (strncasecmp(text, "0x", 2) != 0)
		return fail(EINVAL);
	return key_in_base(text + 2, 16, value);
}

int number_key(const char *text, uint32_t *value)
{
	if (strncasecmp(text, "0x", 2) == 0)
		return number_hex_key(text, value);
	return key_in_base(text, text[0] == '0' ? 8 : 10, value);
}

int number_byte(const char *text, uint8_t *value)
{
	uint64_t number;
	int result;

	if (*text > ' ' && *text <= '~' && digit_value(*text) >= 10 && !text[1]) {
		*value = (uint8_t)*text;
		return 0;
	}
	if (strncasecmp(text, "0x", 2) == 0)
		result = whole(text + 2, 16, UINT8_MAX, &number);
	else
		result = number_decimal(text, UINT8_MAX, &number);
	if (result)
		return -1;
	*value = (uint8_t)number;
	return 0;
}

int number_proj(const char *text, uint8_t *value)
{
	uint8_t byte;

	if (number_byte(text, &byte))
		return -1;
	if (byte == 0)
		return fail(EINVAL);
	*value = byte;
	return 0;
}

/* What a size suffix multiplies by; 0 when there is no such suffix. */
static uint64_t size_unit(const char *suffix)
{
	static const char letters[] = "KMGTPE";
	const char *letter = *suffix ? strchr(letters, toupper((unsigned char)*suffix))
				     : NULL;
	uint64_t step, unit = 1;

	if (!*suffix)
		return 1;
	if (!letter)
		return 0;
	if (suffix[1] == '\0' || strcasecmp(suffix + 1, "iB") == 0)
		step = 1024;
	else if (strcasecmp(suffix + 1, "B") == 0)
		step = 1000;
	else
		return 0;
	for (ptrdiff_t power = letter - letters; power >= 0; power--)
		unit *= step;
	return unit;
}

int number_size(const char *text, uint64_t *value)
{
	uint64_t number, unit;

	if (number_digits(&text, 10, &number))
		return -1;
	unit = size_unit(text);
	if (unit == 0)
		return fail(EINVAL);
	if (__builtin_mul_overflow(number, unit, &number) || number == UINT64_MAX)
		return fail(ERANGE);
	*value = number;
	return 0;
}

static int64_t duration_unit(const char *suffix)
{
	if (suffix[0] && suffix[1])
		return 0;
	switch (suffix[0]) {
	case '\0':
	case 's':
		return 1;
	case 'm':
		return 60;
	case 'h':
		return 60 * 60;
	case 'd':
		return 24 * 60 * 60;
	case 'w':
		return 7 * 24 * 60 * 60;
	default:
		return 0;
	}
}

int number_duration(const char *text, int64_t *value)
{
	uint64_t number;
	int64_t unit, seconds;

	if (number_digits(&text, 10, &number))
		return -1;
	unit = duration_unit(text);
	if (unit == 0)
		return fail(EINVAL);
	if (__builtin_mul_overflow(number, unit, &seconds))
		return fail(ERANGE);
	*value = seconds;
	return 0;
}

/* One character's bit from a set such as "rwx", first letter highest; 0 if not in it. */
static unsigned int letter_bit(char letter, const char set[static 3])
{
	for (unsigned int i = 0; i < 3; i++)
		if (letter == set[i])
			return 4u >> i;
	return 0;
}

/* One clause of a symbolic mode, up to ',' or the end; *text moves there. */
static int mode_clause(const char **text, unsigned int *mode)
{
	static const unsigned int class_shift[] = {[4] = 6, [2] = 3, [1] = 0};
	const char *p = *text;
	unsigned int classes = 0, bits = 0, bit;

	for (; *p && *p != '='; p++) {
		bit = *p == 'a' ? 7 : letter_bit(*p, "ugo");
		if (!bit)
			return fail(EINVAL);
		classes |= bit;
	}
	if (!classes || *p != '=')
		return fail(EINVAL);
	for (p++; *p && *p != ','; p++) {
		bit = letter_bit(*p, "rwx");
		if (!bit)
			return fail(EINVAL);
		bits |= bit;
	}
	for (bit = 1; bit <= 4; bit <<= 1)
		if (classes & bit)
			*mode = (*mode & ~(7u << class_shift[bit])) |
				bits << class_shift[bit];
	*text = p;
	return 0;
}

int number_mode(const char *text, unsigned int *value)
{
	unsigned int mode = 0;
	uint64_t number;

	if (digit_value(*text) < 8) {
		if (whole(text, 8, 0777, &number))
			return -1;
		*value = (unsigned int)number;
		return 0;
	}
	for (;;) {
		if (mode_clause(&text, &mode))
			return -1;
		if (!*text)
			break;
		text++;
	}
	*value = mode;
	return 0;
}

enum { CLOCK_LENGTH = sizeof("YYYY-MM-DDTHH:MM:SS") - 1 };

/*
 * Read date and time from the beginning of text. What strptime(3) lets pass, such as
 * spaces and February 30, does not read back the same.
 */
static int read_clock(const char *text, char between, struct tm *clock)
{
	char again[80];
	struct tm copy;
	const char *p;

	*clock = (struct tm){.tm_isdst = -1};
	p = strptime(text, "%Y-%m-%d", clock);
	if (!p || *p != between || !strptime(p + 1, "%H:%M:%S", clock))
		return fail(EINVAL);
	copy = *clock;
	timegm(&copy);
	snprintf(again, sizeof(again), "%04d-%02d-%02d%c%02d:%02d:%02d",
		 copy.tm_year + 1900, copy.tm_mon + 1, copy.tm_mday, between,
		 copy.tm_hour, copy.tm_min, copy.tm_sec);
	if (strlen(again) != CLOCK_LENGTH || strncmp(again, text, CLOCK_LENGTH) != 0)
		return fail(EINVAL);
	return 0;
}

/* "Z" or "+01:00", whole, in seconds. */
static int read_offset(const char *text, int64_t *seconds)
{
	uint64_t hours, minutes;
	const char *p = text + 1;

	*seconds = 0;
	if (strcmp(text, "Z") == 0)
		return 0;
	if ((*text != '+' && *text != '-') || strlen(text) != strlen("+01:00") ||
	    text[strlen("+01")] != ':')
		return fail(EINVAL);
	if (number_digits(&p, 10, &hours) || *p++ != ':' ||
	    number_digits(&p, 10, &minutes) || *p || hours > 23 || minutes > 59)
		return fail(EINVAL);
	*seconds = (int64_t)(hours * 3600 + minutes * 60) * (*text == '-' ? -1 : 1);
	return 0;
}

int number_time(const char *text, int64_t *value)
{
	int64_t offset;
	uint64_t number;
	struct tm clock;

	if (!strchr(text, '-')) {
		if (whole(text, 10, INT64_MAX, &number))
			return -1;
		*value = (int64_t)number;
	} else if (strchr(text, ' ')) {
		if (read_clock(text, ' ', &clock) || text[CLOCK_LENGTH])
			return fail(EINVAL);
		*value = mktime(&clock);
	} else {
		if (read_clock(text, 'T', &clock) ||
		    read_offset(text + CLOCK_LENGTH, &offset))
			return -1;
		*value = timegm(&clock) - offset;
	}
	return 0;
}

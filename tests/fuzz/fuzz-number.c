/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers as people type them: all that is taken means what an obvious reading says. */
#include "fuzz.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "lib/number.h"

#include "format.h"

/* A decimal, as far as it goes; -1: none, or beyond 64 bits. */
static __int128 read_decimal(const char *text, const char **end)
{
	__int128 value = 0;

	*end = text + strspn(text, "0123456789");
	if (*end == text)
		return -1;
	for (; text < *end && value <= UINT64_MAX; text++)
		value = 10 * value + (*text - '0');
	return value <= UINT64_MAX ? value : -1;
}

static void check_error(int result)
{
	FUZZ_CHECK(result == 0 || errno == EINVAL || errno == ERANGE);
}

static void check_decimal(const char *text)
{
	const uint64_t bounds[] = {0,	      255, INT_MAX, UINT32_MAX, UINT64_MAX - 1,
				   UINT64_MAX};
	const char *end;
	const __int128 expected = read_decimal(text, &end);

	for (size_t i = 0; i < sizeof(bounds) / sizeof(bounds[0]); i++) {
		uint64_t value = 0x5a5a;
		const int result = number_decimal(text, bounds[i], &value);
		/* "007" may be meant as octal. */
		const bool is = expected >= 0 && !*end && expected <= bounds[i] &&
				(*text != '0' || !text[1]);

		check_error(result);
		FUZZ_CHECK(is == (result == 0));
		FUZZ_CHECK(value == (is ? (uint64_t)expected : 0x5a5a));
	}
}

static void check_id(const char *text)
{
	uint64_t expected;
	int id = -7, result = number_id(text, &id);

	check_error(result);
	FUZZ_CHECK((result == 0) == (number_decimal(text, INT_MAX, &expected) == 0));
	FUZZ_CHECK(id == (result ? -7 : (int)expected));
}

static void check_key(const char *text)
{
	uint32_t key = 7, hex = 7, again;
	char printed[FORMAT_ROOM], *end;
	const int result = number_key(text, &key),
		  hex_result = number_hex_key(text, &hex);

	check_error(result);
	check_error(hex_result);
	FUZZ_CHECK(hex_result ||
		   (result == 0 && hex == key && strncasecmp(text, "0x", 2) == 0));
	if (result) {
		FUZZ_CHECK(key == 7);
		return;
	}
	/* strtoull(3) takes more, but what both take is the same. */
	FUZZ_CHECK(key && key == strtoull(text, &end, 0) && !*end);
	format_key(key, printed);
	FUZZ_CHECK(number_hex_key(printed, &again) == 0 && again == key);
}

static void check_byte(const char *text)
{
	uint8_t byte = 7, proj = 7;
	const int result = number_byte(text, &byte),
		  proj_result = number_proj(text, &proj);

	check_error(result);
	check_error(proj_result);
	FUZZ_CHECK(result == 0 || byte == 7);
	FUZZ_CHECK(proj_result == 0 ? result == 0 && proj == byte && proj
				    : result != 0 || byte == 0);
}

static void check_size(const char *text)
{
	static const struct {
		const char *suffix;
		uint64_t unit;
	} units[] = {
		{"", 1},
		{"K", 1ULL << 10},
		{"KiB", 1ULL << 10},
		{"KB", 1000ULL},
		{"M", 1ULL << 20},
		{"MiB", 1ULL << 20},
		{"MB", 1000000ULL},
		{"G", 1ULL << 30},
		{"GiB", 1ULL << 30},
		{"GB", 1000000000ULL},
		{"T", 1ULL << 40},
		{"TiB", 1ULL << 40},
		{"TB", 1000000000000ULL},
		{"P", 1ULL << 50},
		{"PiB", 1ULL << 50},
		{"PB", 1000000000000000ULL},
		{"E", 1ULL << 60},
		{"EiB", 1ULL << 60},
		{"EB", 1000000000000000000ULL},
	};
	const char *end;
	__int128 expected = read_decimal(text, &end);
	uint64_t value = 7, unit = 0;
	const int result = number_size(text, &value);

	check_error(result);
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strcasecmp(end, units[i].suffix) == 0)
			unit = units[i].unit;
	expected = expected < 0 || !unit ? -1 : expected * unit;
	if (expected >= UINT64_MAX)
		expected = -1;
	FUZZ_CHECK((result == 0) == (expected >= 0));
	FUZZ_CHECK(value == (result ? 7 : (uint64_t)expected));
}

static void check_duration(const char *text)
{
	static const char letters[] = "smhdw";
	static const unsigned int seconds[] = {1, 60, 3600, 86400, 604800};
	const char *end, *letter;
	__int128 expected = read_decimal(text, &end);
	int64_t value = -7;
	const int result = number_duration(text, &value);

	check_error(result);
	letter = *end ? strchr(letters, *end) : letters;
	if (expected < 0 || !letter || (*end && end[1]))
		expected = -1;
	else
		expected *= seconds[letter - letters];
	if (expected > INT64_MAX)
		expected = -1;
	FUZZ_CHECK((result == 0) == (expected >= 0));
	FUZZ_CHECK(value == (result ? -7 : (int64_t)expected));
}

static void check_mode(const char *text)
{
	unsigned int mode = 07777, again;
	char printed[16];
	const int result = number_mode(text, &mode);

	check_error(result);
	if (result) {
		FUZZ_CHECK(mode == 07777);
		return;
	}
	FUZZ_CHECK(mode <= 0777);
	snprintf(printed, sizeof(printed), "%04o", mode);
	FUZZ_CHECK(number_mode(printed, &again) == 0 && again == mode);
}

static void check_time(const char *text)
{
	int64_t time = -7, again;
	char printed[FORMAT_ROOM];
	const int result = number_time(text, &time);

	check_error(result);
	if (result) {
		FUZZ_CHECK(time == -7);
		return;
	}
	FUZZ_CHECK(time >= 0 || strpbrk(text, "-"));
	format_rfc3339(time, printed);
	/* With five digits the year is no RFC 3339 any more. */
	if (time >= 0 && time < INT64_C(253402300800))
		FUZZ_CHECK(number_time(printed, &again) == 0 && again == time);
}

void fuzz_number(const uint8_t *data, size_t size)
{
	char *text = fuzz_string(data, size);

	check_decimal(text);
	check_id(text);
	check_key(text);
	check_byte(text);
	check_size(text);
	check_duration(text);
	check_mode(text);
	check_time(text);
	free(text);
}

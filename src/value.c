/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "value.h"

#include <errno.h>
#include <pwd.h>

#include "lib/number.h"

static int parse_size(const char *text, void *field)
{
	return number_size(text, field);
}

static int parse_duration(const char *text, void *field)
{
	return number_duration(text, field);
}

static int parse_mode(const char *text, void *field)
{
	return number_mode(text, field);
}

static int parse_key(const char *text, void *field)
{
	return number_key(text, field);
}

/* A name wins over a number, as in chown(1). (uid_t)-1 is no user: see chown(2). */
static int parse_user(const char *text, void *field)
{
	const struct passwd *entry = getpwnam(text);
	struct user *user = field;
	uint64_t number;

	if (!entry && number_decimal(text, UINT32_MAX - 1, &number))
		return -1;
	user->set = true;
	user->uid = entry ? entry->pw_uid : (uid_t)number;
	return 0;
}

static int parse_segment(const char *text, void *field)
{
	struct selector selector = {0};

	return selector_parse(text, &selector) ? -1 : selectors_add(field, &selector);
}

static int parse_segment_id(const char *text, void *field)
{
	struct selector selector = {.by_key = false};

	return number_id(text, &selector.id) ? -1 : selectors_add(field, &selector);
}

static int parse_segment_key(const char *text, void *field)
{
	struct selector selector = {.by_key = true};

	return number_key(text, &selector.key) ? -1 : selectors_add(field, &selector);
}

static void release_selectors(void *field)
{
	selectors_release(field);
}

const struct value value_size = {
	.name = "SIZE",
	.expected = "a size such as 4096, 64K or 1GiB",
	.parse = parse_size,
};

const struct value value_duration = {
	.name = "DURATION",
	.expected = "a duration such as 90s, 15m, 1h, 2d or 1w",
	.parse = parse_duration,
};

const struct value value_mode = {
	.name = "MODE",
	.expected = "permissions such as 0640 or u=rw,g=r",
	.parse = parse_mode,
};

const struct value value_key = {
	.name = "KEY",
	.expected = "a key other than 0, such as 0x0001b207",
	.parse = parse_key,
};

const struct value value_user = {
	.name = "USER",
	.expected = "the name or number of a user",
	.parse = parse_user,
};

const struct value value_segment = {
	.name = "SEGMENT",
	.expected = "an id such as 5242900, or a key other than 0 such as 0x0001b207",
	.parse = parse_segment,
	.release = release_selectors,
};

const struct value value_segment_id = {
	.name = "ID",
	.expected = "a segment id such as 5242900",
	.parse = parse_segment_id,
	.release = release_selectors,
};

const struct value value_segment_key = {
	.name = "KEY",
	.expected = "a key other than 0, such as 0x0001b207",
	.parse = parse_segment_key,
	.release = release_selectors,
};

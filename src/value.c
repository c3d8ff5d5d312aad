/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "value.h"

#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <string.h>

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

/* The number of a user or group; the last one is none: see chown(2). */
static int parse_some_id(const char *text, struct some_id *id)
{
	uint64_t number;

	if (number_decimal(text, UINT32_MAX - 1, &number))
		return -1;
	*id = (struct some_id){true, (unsigned int)number};
	return 0;
}

/*
 * As in chown(1): a name wins over a number, for users can be named 60001; and +60001 is the
 * number in any case.
 */
static int parse_user(const char *text, void *field)
{
	const struct passwd *entry;

	if (*text == '+')
		return parse_some_id(text + 1, field);
	entry = getpwnam(text);
	if (!entry)
		return parse_some_id(text, field);
	*(struct some_id *)field = (struct some_id){true, entry->pw_uid};
	return 0;
}

static int parse_group(const char *text, void *field)
{
	const struct group *entry;

	if (*text == '+')
		return parse_some_id(text + 1, field);
	entry = getgrnam(text);
	if (!entry)
		return parse_some_id(text, field);
	*(struct some_id *)field = (struct some_id){true, entry->gr_gid};
	return 0;
}

static int parse_pid(const char *text, void *field)
{
	uint64_t number;

	if (number_decimal(text, INT_MAX, &number))
		return -1;
	if (number == 0) {
		errno = EINVAL;
		return -1;
	}
	*(pid_t *)field = (pid_t)number;
	return 0;
}

const char *when_name(enum when when)
{
	static const char *const names[] = {
		[WHEN_AUTO] = "auto", [WHEN_ALWAYS] = "always", [WHEN_NEVER] = "never"};

	return names[when];
}

static int parse_when(const char *text, void *field)
{
	for (enum when when = WHEN_AUTO; when <= WHEN_NEVER; when++)
		if (strcmp(text, when_name(when)) == 0) {
			*(enum when *)field = when;
			return 0;
		}
	errno = EINVAL;
	return -1;
}

static int parse_count(const char *text, void *field)
{
	return number_decimal(text, UINT64_MAX - 1, field);
}

static int parse_time(const char *text, void *field)
{
	return number_time(text, field);
}

static int parse_wait(const char *text, void *field)
{
	if (text)
		return number_duration(text, field);
	*(int64_t *)field = WAIT_FOR_EVER;
	return 0;
}

static int parse_path(const char *text, void *field)
{
	if (!*text) {
		errno = EINVAL;
		return -1;
	}
	*(const char **)field = text;
	return 0;
}

const struct value value_size = {
	.name = "SIZE",
	.expected = "a size such as 4096, 64K or 1GiB",
	.parse = parse_size,
};

const struct value value_one_size = {
	.name = "SIZE",
	.expected = "a size such as 4096, 64K or 1GiB",
	.once = true,
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
	.once = true,
	.parse = parse_mode,
};

const struct value value_key = {
	.name = "KEY",
	.expected = "a key other than 0, such as 0x0001b207",
	.once = true,
	.offers = OFFERS_KEYS,
	.parse = parse_key,
};

const struct value value_user = {
	.name = "USER",
	.expected = "the name of a user that there is, or a number such as 1000 or +1000",
	.once = true,
	.offers = OFFERS_USERS,
	.parse = parse_user,
};

const struct value value_group = {
	.name = "GROUP",
	.expected =
		"the name of a group that there is, or a number such as 1000 or +1000",
	.once = true,
	.offers = OFFERS_GROUPS,
	.parse = parse_group,
};

const struct value value_pid = {
	.name = "PID",
	.expected = "the number of a process",
	.once = true,
	.offers = OFFERS_PROCESSES,
	.parse = parse_pid,
};

const struct value value_when = {
	.name = "WHEN",
	.expected = "auto, always or never",
	.offers = OFFERS_WHEN,
	.parse = parse_when,
};

const struct value value_count = {
	.name = "N",
	.expected = "a number",
	.parse = parse_count,
};

const struct value value_time = {
	.name = "TIME",
	.expected = "a time such as 2026-11-21T07:08:10Z, '2026-11-21 07:08:10' as it is "
		    "here, or seconds since the Epoch",
	.once = true,
	.parse = parse_time,
};

const struct value value_wait = {
	.name = "DURATION",
	.expected = "a duration such as 90s, 15m, 1h, 2d or 1w",
	.optional = true,
	.parse = parse_wait,
};

const struct value value_path = {
	.name = "FILE",
	.expected = "the name of a file",
	.offers = OFFERS_FILES,
	.parse = parse_path,
};

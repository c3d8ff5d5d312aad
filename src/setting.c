/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "setting.h"

#include <errno.h>
#include <string.h>

#include "lib/number.h"
#include "lib/process.h"
#include "lib/protect.h"

#include "config.h"
#include "place.h"
#include "value.h"

/* Types that only files have, where every setting is written out. */

static int parse_yes_or_no(const char *text, void *field)
{
	const bool yes = strcmp(text, "yes") == 0;

	if (!yes && strcmp(text, "no") != 0) {
		errno = EINVAL;
		return -1;
	}
	*(bool *)field = yes;
	return 0;
}

static bool take_unlimited(const char *text, void *field)
{
	if (strcmp(text, "unlimited") != 0)
		return false;
	*(uint64_t *)field = UINT64_MAX;
	return true;
}

static int parse_most(const char *text, void *field)
{
	return take_unlimited(text, field) ? 0
					   : number_decimal(text, UINT64_MAX - 1, field);
}

static int parse_most_bytes(const char *text, void *field)
{
	return take_unlimited(text, field) ? 0 : number_size(text, field);
}

static int parse_exact_size(const char *text, void *field)
{
	struct filter *filter = field;

	if (number_size(text, &filter->min_size))
		return -1;
	filter->max_size = filter->min_size;
	return 0;
}

static int parse_command(const char *text, void *field)
{
	char *copy;

	if (!*text || strlen(text) > PROCESS_NAME) {
		errno = EINVAL;
		return -1;
	}
	copy = strdup(text);
	if (!copy)
		return -1;
	*(char **)field = copy;
	return 0;
}

static const struct value value_yes_or_no = {
	.name = "yes|no",
	.expected = "yes or no",
	.parse = parse_yes_or_no,
};

static const struct value value_most = {
	.name = "N",
	.expected = "a number such as 100, or unlimited",
	.parse = parse_most,
};

static const struct value value_most_bytes = {
	.name = "SIZE",
	.expected = "a size such as 4096, 64K or 1GiB, or unlimited",
	.parse = parse_most_bytes,
};

static const struct value value_exact_size = {
	.name = "SIZE",
	.expected = "a size such as 4096, 64K or 1GiB",
	.parse = parse_exact_size,
};

static const struct value value_command = {
	.name = "COMMAND",
	.expected = "the name of a process as in /proc/PID/comm, of at most 15 bytes",
	.parse = parse_command,
};

#define VALUE_YES_OR_NO(field) &value_yes_or_no, FIELD(bool, struct config, field)
#define VALUE_MOST(field) &value_most, FIELD(uint64_t, struct config, field)
#define VALUE_MOST_BYTES(field) &value_most_bytes, FIELD(uint64_t, struct config, field)
#define VALUE_EXACT_SIZE(field) \
	&value_exact_size, FIELD(struct filter, struct protect, field)
#define VALUE_COMMAND(field) &value_command, FIELD(char *, struct protect, field)

const struct setting settings_gc[] = {
	{"older-than", VALUE_DURATION(struct config, older_than), "1h", false},
	{"keyed-older-than", VALUE_DURATION(struct config, keyed_older_than), "1d",
	 false},
	{"readable-older-than", VALUE_DURATION(struct config, readable_older_than), "1d",
	 false},
	{"keyed", VALUE_YES_OR_NO(keyed), "no", false},
	{"system", VALUE_YES_OR_NO(system), "no", false},
	{"locked", VALUE_YES_OR_NO(locked), "no", false},
	{"ignore-last-user", VALUE_YES_OR_NO(ignore_last_user), "no", false},
	{"max", VALUE_MOST(max), "unlimited", false},
	{"max-bytes", VALUE_MOST_BYTES(max_bytes), "unlimited", false},
	{"log", VALUE_YES_OR_NO(log), "yes", false},
	{0},
};

const struct setting settings_protect[] = {
	{"key", VALUE_KEYS(struct protect, filter.keys), NULL, true},
	{"owner", VALUE_USER(struct protect, filter.owner), NULL, false},
	{"creator", VALUE_USER(struct protect, filter.creator), NULL, false},
	{"group", VALUE_GROUP(struct protect, filter.group), NULL, false},
	{"size", VALUE_EXACT_SIZE(filter), NULL, false},
	{"min-size", VALUE_SIZE(struct protect, filter.min_size), NULL, false},
	{"max-size", VALUE_SIZE(struct protect, filter.max_size), NULL, false},
	{"mode", VALUE_MODE(struct protect, filter.mode), NULL, false},
	{"command", VALUE_COMMAND(command), NULL, false},
	{0},
};

const struct setting *setting_find(const struct setting *table, const char *name)
{
	for (; table->name; table++)
		if (strcmp(table->name, name) == 0)
			return table;
	return NULL;
}

int setting_parse(const struct setting *setting, const char *text, void *fields,
		  const struct place *place)
{
	if (setting->value->parse(text, (char *)fields + setting->field) == 0)
		return 0;
	if (errno != EINVAL && errno != ERANGE)
		return place_error(place, "%s '%s': %s", setting->name, text,
				   strerror(errno));
	return place_error(place, "%s '%s'%s: expected %s", setting->name, text,
			   errno == ERANGE ? " is out of range" : "",
			   setting->value->expected);
}

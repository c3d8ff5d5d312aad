/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The types that an option's argument or an operand can have. A VALUE_... macro
 * names one together with the field of the settings that it fills, and the compiler
 * complains if that is of another type.
 */
#ifndef SHMTOOL_VALUE_H
#define SHMTOOL_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/select.h"

/* What completion offers for it: completion.h. */
enum offers {
	OFFERS_NOTHING,
	OFFERS_FILES,
	OFFERS_USERS,
	OFFERS_GROUPS,
	OFFERS_PROCESSES,
	OFFERS_SEGMENTS, /* ids and keys */
	OFFERS_IDS,
	OFFERS_KEYS,
	OFFERS_COLUMNS,
	OFFERS_STATES,
	OFFERS_WHEN,
	OFFERS_VERBS,
};

struct value {
	const char *name;     /* in usage and help: "SIZE" */
	const char *expected; /* "a size such as 4096, 64K or 1GiB" */
	bool optional;	      /* the argument may be left out: parse() gets NULL then */
	bool once;	      /* an option cannot be given again with another argument */
	enum offers offers;
	int (*parse)(const char *text,
		     void *field);    /* 0, or -1 and errno, as in number.h */
	void (*release)(void *field); /* or NULL */
};

extern const struct value value_size, value_one_size, value_duration, value_mode,
	value_key, value_user, value_group, value_states, value_keys, value_pid,
	value_when, value_segment, value_segment_id, value_segment_key, value_count,
	value_time, value_wait, value_path, value_paths, value_words;

#define WAIT_FOR_EVER INT64_MAX

/* Names in the order of the command line, which they are part of. */
struct paths {
	const char **item;
	size_t count;
};

enum when { WHEN_AUTO, WHEN_ALWAYS, WHEN_NEVER };

/* "auto", "always", "never" */
const char *when_name(enum when when);

/* The place of a field, and a warning unless it is of that type. */
#define FIELD(type, settings, field) \
	(offsetof(settings, field) + 0 * sizeof((type *)0 == &((settings *)0)->field))

#define VALUE_FLAG(settings, field) NULL, FIELD(bool, settings, field)
#define VALUE_SIZE(settings, field) &value_size, FIELD(uint64_t, settings, field)
/* Of which there can be but one. */
#define VALUE_ONE_SIZE(settings, field) &value_one_size, FIELD(uint64_t, settings, field)
#define VALUE_DURATION(settings, field) &value_duration, FIELD(int64_t, settings, field)
#define VALUE_MODE(settings, field) &value_mode, FIELD(unsigned int, settings, field)
#define VALUE_KEY(settings, field) &value_key, FIELD(uint32_t, settings, field)
#define VALUE_USER(settings, field) &value_user, FIELD(struct some_id, settings, field)
#define VALUE_GROUP(settings, field) &value_group, FIELD(struct some_id, settings, field)
#define VALUE_STATES(settings, field) &value_states, FIELD(unsigned int, settings, field)
#define VALUE_KEYS(settings, field) &value_keys, FIELD(struct key_ranges, settings, field)
#define VALUE_PID(settings, field) &value_pid, FIELD(pid_t, settings, field)
#define VALUE_WHEN(settings, field) &value_when, FIELD(enum when, settings, field)
#define VALUE_COUNT(settings, field) &value_count, FIELD(uint64_t, settings, field)
#define VALUE_TIME(settings, field) &value_time, FIELD(int64_t, settings, field)
/* Seconds; WAIT_FOR_EVER without an argument. */
#define VALUE_WAIT(settings, field) &value_wait, FIELD(int64_t, settings, field)
#define VALUE_PATH(settings, field) &value_path, FIELD(const char *, settings, field)
#define VALUE_PATHS(settings, field) &value_paths, FIELD(struct paths, settings, field)
/* Any, also empty. */
#define VALUE_WORDS(settings, field) &value_words, FIELD(struct paths, settings, field)
/* Three ways to add one more segment to the list: id or hex key, id only, any key. */
#define VALUE_SEGMENT(settings, field) \
	&value_segment, FIELD(struct selectors, settings, field)
#define VALUE_SEGMENT_ID(settings, field) \
	&value_segment_id, FIELD(struct selectors, settings, field)
#define VALUE_SEGMENT_KEY(settings, field) \
	&value_segment_key, FIELD(struct selectors, settings, field)

#endif

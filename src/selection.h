/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options that say which segments, in the words that all verbs share. */
#ifndef SHMTOOL_SELECTION_H
#define SHMTOOL_SELECTION_H

#include "option.h"
#include "value.h"

/*
 * Rows of an option table that fill the struct filter in this field of the settings:
 * those that all have, and more in which verbs differ. For rm --key means what it means to
 * ipcrm(1), for gc --keyed and --older-than are about what it may take, and nothing that
 * it may take has a holder.
 */
#define SELECTION_OPTIONS(settings, filter)                                       \
	{'u', "owner", VALUE_USER(settings, filter.owner), "those of this user"}, \
		{0, "creator", VALUE_USER(settings, filter.creator),              \
		 "those made by this user"},                                      \
		{'g', "group", VALUE_GROUP(settings, filter.group),               \
		 "those of this group"},                                          \
		{'s', "state", VALUE_STATES(settings, filter.states),             \
		 "those in these states"},                                        \
		{0, "private", VALUE_FLAG(settings, filter.private_only),         \
		 "those without a key"},                                          \
		{0, "min-size", VALUE_SIZE(settings, filter.min_size),            \
		 "those of at least this size"},                                  \
		{0, "max-size", VALUE_SIZE(settings, filter.max_size),            \
		 "those of at most this size"},                                   \
		{0, "newer-than", VALUE_DURATION(settings, filter.newer_than),    \
		 "those idle for less than this, or attached"},                   \
	{                                                                         \
		0, "mode", VALUE_MODE(settings, filter.mode),                     \
			"those with these permissions exactly"                    \
	}

#define SELECTION_BY_PID(settings, filter, roles)               \
	{                                                       \
		'p', "pid", VALUE_PID(settings, filter.pid),    \
			"those of which this process is " roles \
	}

#define SELECTION_BY_KEY(settings, filter, name)                              \
	{                                                                     \
		'k', name, VALUE_KEYS(settings, filter.keys),                 \
			"those with a key in KEY or KEY-KEY; may be repeated" \
	}

#define SELECTION_KEYED_OR_OLD(settings, filter)                                   \
	{0, "keyed", VALUE_FLAG(settings, filter.keyed_only), "those with a key"}, \
	{                                                                          \
		0, "older-than", VALUE_DURATION(settings, filter.older_than),      \
			"those idle for at least this long"                        \
	}

/*
 * Whether what is asked for can be true of one segment: a usage error (option.h), or 0. Who
 * asks for what cannot be has mistyped it, and would take "nothing is there" for an answer.
 */
int selection_check(const struct filter *filter);

/* Rows that fill the struct guards (targets.h) in this field of the settings. */
#define GUARD_OPTIONS(settings, guards)                               \
	{0, "if-owner", VALUE_USER(settings, guards.owner),           \
	 "only if it belongs to this user"},                          \
		{0, "if-key", VALUE_KEY(settings, guards.key),        \
		 "only if it has this key"},                          \
		{0, "if-size", VALUE_ONE_SIZE(settings, guards.size), \
		 "only if it is of exactly this size"},               \
	{                                                             \
		0, "if-ctime", VALUE_TIME(settings, guards.ctime),    \
			"only if it was made or changed at this time" \
	}

#endif

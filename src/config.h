/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The policy files of gc, merged: man/shmtool-gc.conf.5 says which there are and what
 * they say. Whatever is not understood in one is an error: a protect rule that is
 * mistyped protects nothing.
 */
#ifndef SHMTOOL_CONFIG_H
#define SHMTOOL_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "lib/policy.h"
#include "lib/protect.h"

struct setting;

/* A line as it was written, and where. */
struct config_line {
	const struct setting
		*setting; /* NULL: a protect rule begins, and text names it */
	char *text;
	char *source; /* "/etc/shmtool/gc.conf:12", "built-in:7", "default" */
};

struct config_lines {
	struct config_line *item;
	size_t count;
};

struct config {
	int64_t older_than, keyed_older_than, readable_older_than; /* s */
	bool keyed, system, locked, ignore_last_user, log;
	uint64_t max, max_bytes; /* UINT64_MAX: any number */
	struct protects protects;

	/*
	 * For config_show(): as many as settings_gc, in its order; each rule whole; the
	 * name of each file, and whether it was read.
	 */
	struct config_lines gc, rules, files;
};

/* The row of an option table (option.h) that fills the path in this field of the settings. */
#define CONFIG_OPTION(settings, field)                                   \
	{                                                                \
		0, "config", VALUE_PATH(settings, field),                \
			"read this policy file instead of those in /etc" \
	}

/* The longest name of a rule in bytes: a reason with it fits VERDICT_ROOM. */
#define CONFIG_RULE_NAME 80

/*
 * Read the vendor's file, and the site's; or file instead of the latter, unless it is
 * NULL. Returns 0; or -1 after a message, with nothing in config: then nothing may be
 * removed.
 */
int config_read(const char *file, struct config *config);

/* The files of a policy, in the order in which they are read. */
struct config_paths {
	const char *vendor;    /* where it is absent, the text built in is read */
	const char *site;      /* may be absent, unless it was asked for */
	const char *directory; /* of *.conf, may be absent; or NULL */
	bool site_was_asked_for;
};

int config_read_paths(const struct config_paths *paths, struct config *config);

/*
 * Print it as a file that says the same, each line with where it is from. Where rules
 * of several files have one name, later ones get a number.
 */
void config_show(const struct config *config, FILE *out);

/* The policy that it asks for. It is valid as long as config. */
struct policy config_policy(const struct config *config, uid_t caller, bool any_owner);

void config_release(struct config *config);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What may stand next on a command line: for the completion of shells. */
#ifndef SHMTOOL_COMPLETION_H
#define SHMTOOL_COMPLETION_H

#include <stddef.h>

struct command;
struct paths;

/* What can stand in place of a verb. The last one has no name. */
struct main_option {
	const char *name;
	const char *usage; /* "-h, --help" */
	const char *help;
};

/* All that there is. */
struct completion {
	const struct command *const *commands;
	size_t count;
	const struct main_option *options;
};

/*
 * Print to stdout "WORD<TAB>MEANING" for each word that could stand in place of the last of
 * words, which are those after the name of the program: verbs, options, columns, states,
 * users, and ids and keys of segments as they are now. Where names of files belong, the line
 * is "<TAB>files". command is the verb that the first of words names, or NULL. Nothing that
 * fails is worth a message here.
 */
void completion_offer(const struct completion *all, const struct command *command,
		      const struct paths *words);

#endif

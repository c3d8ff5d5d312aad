/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One table per verb, from which getopt_long(3), --help and completion are drawn. */
#ifndef SHMTOOL_OPTION_H
#define SHMTOOL_OPTION_H

#include <stddef.h>
#include <stdio.h>

struct command;
struct nearest;
struct value;

struct option_row {
	char letter;	  /* or 0 */
	const char *name; /* long name, without dashes; NULL ends the table */
	const struct value
		*value; /* VALUE_...() of value.h gives these two; NULL: a flag */
	size_t field;
	const char *help; /* one line, lower case, no full stop */
};

/* Every verb understands --help. */
#define OPTION_HELP_LETTER 'h'
#define OPTION_HELP_NAME "help"
#define OPTION_HELP_TEXT "show this help"

/*
 * Parse and check the arguments of a verb, argv[0] being its name for messages, and
 * fill settings. Names are exact: no abbreviations. Returns 0; EXIT_USAGE after a
 * message to stderr, EXIT_FAILURE if there was no memory; or -1 for --help, which wins
 * over everything but an error before it.
 */
int option_parse(const struct command *command, int argc, char *argv[], void *settings);

/* Free what option_parse() has put into settings. */
void option_release(const struct command *command, void *settings);

/* What --help prints. */
void option_help(const struct command *command, FILE *file);

/* For completion: "--name<TAB>help" on a line of its own, for each option. */
void option_words(const struct command *command, FILE *file);

/* A message about the command line, as warnx(3) but safe, and the hint; EXIT_USAGE. */
int usage_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * The same for a word that is none of those offered: "unknown verb 'lst': did you mean
 * 'list'?" dashes stand before the near one.
 */
int usage_error_unknown(const char *kind, const char *word, const char *dashes,
			const struct nearest *nearest);

#endif

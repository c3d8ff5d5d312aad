/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a verb is.
 *
 * How to add a verb `frob`:
 *  1. src/cmd-frob.c: a struct frob_settings; a const table of struct option_row that
 *     fills it; frob_run(); and, last, `const struct command command_frob`. The
 *     other cmd-*.c show the order. It may use src/lib and src, but no other cmd-*.
 *  2. src/main.c: its name in the list. Makefile.am: its file.
 *  3. man/shmtool-frob.1, tests/cli/frob.bats. tests/docs/names.bats compares the man
 *     page with the table; help and completion are drawn from it.
 *
 * When run() is called, the whole command line has been parsed and is valid,
 * capabilities that the verb does not name are gone, and the kernel refuses what it may
 * not do. Nothing happens before.
 */
#ifndef SHMTOOL_COMMAND_H
#define SHMTOOL_COMMAND_H

#include <limits.h>
#include <stddef.h>
#include <stdio.h>

struct option_row;
struct value;

/* Exit statuses: EXIT_SUCCESS, EXIT_FAILURE (something failed), and these. */
#define EXIT_USAGE 2 /* the command line is wrong; nothing was touched */
#define EXIT_FOUND 3 /* --check has found something */

/* How many operands, of what type (value.h), stored where in the settings. */
struct operands {
	const char *usage; /* as in the usage line; NULL: the verb takes none */
	int min, max;	   /* max INT_MAX: any number */
	const struct value *value;
	size_t field;
};

struct command {
	const char *name;
	const char *alias;   /* or NULL */
	const char *summary; /* one line, lower case, no full stop */
	struct operands operands;
	const struct option_row *options; /* ends with a row without name; or NULL */
	void (*more_help)(FILE *file); /* what --help says after the options; or NULL */

	const void *defaults; /* the settings before parsing; NULL: all zero */
	size_t size;	      /* of the settings */

	/*
	 * What must be done while all privileges are still there; or NULL. Nothing
	 * that can be seen. Returns 0, or an exit status after a message.
	 */
	int (*prepare)(void *settings);

	unsigned int privileges; /* enum privilege, or-ed */
	unsigned int may;	 /* enum may (sandbox.h), or-ed */
	int (*run)(void *settings);

	/* Close what prepare() has opened, also where that has failed; or NULL. */
	void (*release)(void *settings);
};

#endif

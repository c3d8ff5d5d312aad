/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What may stand next on a command line: for the completion of shells. */
#ifndef SHMTOOL_COMPLETION_H
#define SHMTOOL_COMPLETION_H

#include <stddef.h>

struct command;
struct paths;

/*
 * Print to stdout "WORD<TAB>MEANING" for each word that could stand in place of the last of
 * words, which are those after the name of the program: verbs, options, columns, states,
 * users, and ids and keys of segments as they are now. Where names of files belong, the line
 * is "<TAB>files". options are the rows of what stands in place of a verb, as struct
 * option_row, and commands the verbs. Nothing that fails is worth a message here.
 */
void completion_offer(const struct command *const commands[], size_t count,
		      const char *const options[][2], const struct paths *words);

#endif

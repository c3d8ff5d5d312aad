/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What verbs may do, for people to read: their privileges, and what the kernel lets them. */
#ifndef SHMTOOL_RIGHTS_H
#define SHMTOOL_RIGHTS_H

#include <stddef.h>

struct command;

/*
 * Print a table of so many verbs; or of one, with what each of its privileges is for, and
 * whether it is among those held. Returns 0, or -1 and errno.
 */
int rights_show_all(const struct command *const commands[], size_t count);
int rights_show(const struct command *command, unsigned int held);

#endif

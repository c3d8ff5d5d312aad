/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text in [sections] of lines NAME = VALUE, with comments after ; or #. The only user of
 * inih, which is lenient; here every line means something, or is an error: one that is
 * too long for inih and would become two, that continues another, or with bytes that
 * are no text.
 */
#ifndef SHMTOOL_SECTIONS_H
#define SHMTOOL_SECTIONS_H

#include <stdio.h>

struct place;

/* The longest line in bytes, but for comments, that inih takes (INI_MAX_LINE). */
#define SECTIONS_LINE 197

/* What is called on the way; each returns 0, or -1 after a message, which is the end. */
struct sections {
	int (*begin)(void *user, const char *section, const struct place *place);
	int (*set)(void *user, const char *name, const char *value,
		   const struct place *place);
	int (*end)(void *user); /* of the section that has begun last */
};

/*
 * Read a file with this name for messages. Texts are UTF-8 without controls, but for
 * tabs within, and without blanks around. Returns 0, or -1 after a message.
 */
int sections_read(FILE *file, const char *name, const struct sections *sections,
		  void *user);

#endif

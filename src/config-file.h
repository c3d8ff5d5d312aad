/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One policy file, for config.c. */
#ifndef SHMTOOL_CONFIG_FILE_H
#define SHMTOOL_CONFIG_FILE_H

#include <stdio.h>

struct config;
struct config_lines;
struct place;
struct setting;

/*
 * Read a file, with this name for messages, over what earlier ones have said. 0; or -1
 * after a message.
 */
int config_read_file(struct config *config, FILE *file, const char *name);

/* Note a line at the end. 0; or -1 after a message. */
int config_add_line(struct config_lines *lines, const struct setting *setting,
		    const char *text, const struct place *place);

#endif

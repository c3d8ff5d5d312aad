/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a policy file can say: a table for either kind of section. */
#ifndef SHMTOOL_SETTING_H
#define SHMTOOL_SETTING_H

#include <stdbool.h>
#include <stddef.h>

struct place;
struct value;

struct setting {
	const char *name; /* NULL ends the table */
	const struct value *value;
	size_t field;
	const char *usual; /* what holds where no file says anything */
	bool repeats;	   /* several in one section add up */
};

extern const struct setting settings_gc[];	/* [gc]: fields of struct config */
extern const struct setting settings_protect[]; /* [protect ...]: of struct protect */

/* The row with this name, or NULL. */
const struct setting *setting_find(const struct setting *table, const char *name);

/* Parse text into the field of fields. 0; or -1 after a message about the place. */
int setting_parse(const struct setting *setting, const char *text, void *fields,
		  const struct place *place);

#endif

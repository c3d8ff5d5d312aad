/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The types that only options of create have. */
#ifndef SHMTOOL_VALUE_CREATE_H
#define SHMTOOL_VALUE_CREATE_H

#include <stdint.h>

#include "value.h"

/* USER or USER:GROUP, as chown(1) has them. */
struct ownership {
	struct some_id user, group;
};

/* A file, and what else ftok(3) makes a key of. */
struct ftok_file {
	char *path; /* NULL: not given */
	uint8_t proj;
};

extern const struct value value_ownership, value_ftok, value_huge;

#define VALUE_OWNERSHIP(settings, field) \
	&value_ownership, FIELD(struct ownership, settings, field)

/*
 * PATH:PROJ where what follows the last colon is a PROJ (number_proj()), else PATH, with
 * FTOK_PROJ_DEFAULT. Only the text decides, not which files there are: what key a command
 * line means must not depend on who has made a file of that name. A colon with nothing or
 * any other number after it is refused, as a mistake.
 */
#define VALUE_FTOK(settings, field) &value_ftok, FIELD(struct ftok_file, settings, field)

/* As in struct sysv_request; SYSV_HUGE without an argument. */
#define VALUE_HUGE(settings, field) &value_huge, FIELD(unsigned int, settings, field)

#endif

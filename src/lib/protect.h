/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Protect rules: what gc leaves alone whatever else speaks for taking it, since its
 * program leaves it behind on purpose and looks for it again. Pure.
 */
#ifndef SHMTOOL_PROTECT_H
#define SHMTOOL_PROTECT_H

#include <stddef.h>

#include "select.h"

struct finding;

struct protect {
	char *name;	      /* the reason, as people read it */
	struct filter filter; /* what it protects: all that is asked for must hold */
	/*
	 * And the creator or the last user is called so; NULL: whatever. That is known
	 * of a process while it runs, so for what gc would take of a last user alone
	 * (policy.h, ignore_last_user).
	 */
	char *command;
};

/* Several of them. All zero is none. */
struct protects {
	struct protect *item;
	size_t count;
};

/*
 * Add a rule with this name that protects everything, to be narrowed. It is valid until
 * the next is added. NULL and errno ENOMEM.
 */
struct protect *protects_add(struct protects *protects, const char *name);

/* The first rule that protects the segment, or NULL. */
const struct protect *protects_find(const struct protects *list,
				    const struct finding *finding);

void protects_release(struct protects *protects);

#endif

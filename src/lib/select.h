/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which segments somebody means. */
#ifndef SHMTOOL_SELECT_H
#define SHMTOOL_SELECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct segment;

/* One segment by its id or by its key. Keys and ids are different types on purpose. */
struct selector {
	bool by_key;
	int id;
	uint32_t key; /* never 0 */
};

/*
 * The operand form: 0x and hex digits is a key, a decimal number an id (number.h).
 * Returns 0, or -1 with errno EINVAL or ERANGE.
 */
int selector_parse(const char *text, struct selector *selector);

bool selector_matches(const struct selector *selector, const struct segment *segment);

/* Several, in the order given. */
struct selectors {
	struct selector *item;
	size_t count;
};

/* Add one at the end. Returns 0, or -1 with errno ENOMEM. */
int selectors_add(struct selectors *list, const struct selector *selector);

/* Free the list and leave it empty. */
void selectors_release(struct selectors *list);

#define SELECTOR_ROOM 24

/* "segment 5242900" or "key 0x0001b207", for messages. */
void selector_text(const struct selector *selector, char text[static SELECTOR_ROOM]);

#endif

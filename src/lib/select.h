/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which segments somebody means. */
#ifndef SHMTOOL_SELECT_H
#define SHMTOOL_SELECT_H

#include <stdbool.h>
#include <stddef.h>
#include <limits.h>
#include <stdint.h>
#include <sys/types.h>

struct finding;
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

/* Keys from first to last, both included. */
struct key_range {
	uint32_t first, last;
};

/* Several of them: a key in any. */
struct key_ranges {
	struct key_range *item;
	size_t count;
};

/* Parse KEY or KEY-KEY, as number_key(), and add it. 0, or -1 and EINVAL, ERANGE, ENOMEM. */
int key_ranges_parse(const char *text, struct key_ranges *ranges);

void key_ranges_release(struct key_ranges *ranges);

/* An id of a user or group, where one was given. */
struct some_id {
	bool set;
	unsigned int id;
};

/* What list, and others after it, are to look at. All that is asked for must hold. */
struct filter {
	struct some_id owner, creator, group; /* group: of the owner */
	unsigned int states;		      /* 1 << enum state, or-ed; 0: any */
	struct key_ranges keys;		      /* none: any */
	bool private_only, keyed_only;
	uint64_t min_size, max_size; /* bytes */
	int64_t older_than; /* idle for at least this, s; -1: any. Attached never is */
	int64_t newer_than; /* idle for less, or attached; -1: any */
	pid_t pid;	    /* creator, last user or holder, not replaced; 0: any */
	unsigned int mode;  /* exactly these permissions; FILTER_ANY_MODE: any */
};

#define FILTER_ANY_MODE UINT_MAX

/* The filter that everything passes. */
#define FILTER_ALL                                                          \
	{                                                                   \
		.max_size = UINT64_MAX, .older_than = -1, .newer_than = -1, \
		.mode = FILTER_ANY_MODE                                     \
	}

/* Whether anything is asked for at all. */
bool filter_is_set(const struct filter *filter);

/* Whether it lets nothing pass but what nobody has attached: by state, or by idle time. */
bool filter_is_of_unattached(const struct filter *filter);

/*
 * Whether the finding passes. holds: whether the process filter->pid has it attached,
 * for a finding does not know who does.
 *
 * A creator or last user that has ended, and whose PID a younger process has now, is not
 * the process filter->pid.
 */
bool filter_passes(const struct filter *filter, const struct finding *finding,
		   bool holds);

/*
 * Whether the finding passes, without a holder, only because the process filter->pid may be
 * its creator or last user, and may as well be a younger one: to remove it would be a guess.
 */
bool filter_is_in_doubt(const struct filter *filter, const struct finding *finding);

#define SELECTOR_ROOM 24

/* "segment 5242900" or "key 0x0001b207", for messages. */
void selector_text(const struct selector *selector, char text[static SELECTOR_ROOM]);

#endif

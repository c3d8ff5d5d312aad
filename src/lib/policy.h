/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What gc may take. Pure. That a segment is an orphan is not enough: the segment of
 * an NTP clock, a PHP session store and a crashed job look the same to the kernel.
 * What tells them apart is whether anybody can come back for it.
 */
#ifndef SHMTOOL_POLICY_H
#define SHMTOOL_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "select.h"

struct finding;
struct protects;
struct segment;

struct policy {
	int64_t older_than;	  /* idle time from which a private orphan is taken, s */
	int64_t keyed_older_than; /* and a keyed one */
	/* At least this for one whose last user may have been anybody (policy.c). */
	int64_t readable_older_than;
	bool keyed;	      /* take keyed orphans at all */
	bool system;	      /* take those of system users too */
	struct some_id owner; /* of this one too, if it is a system user */
	bool locked;	      /* take those that are locked in memory too */
	/*
	 * Take also what is idle only since its last user runs, and its creator does not:
	 * an X server outlives the clients whose segments it has used.
	 */
	bool ignore_last_user;
	const struct protects *protects; /* what must stay; NULL: nothing in particular */
	bool any_owner; /* the caller may remove everybody's (CAP_SYS_ADMIN) */
	uid_t caller;	/* else what this user owns or made */
};

/* The rule that settles what happens to a segment: the first that applies. */
enum rule {
	RULE_ATTACHED,
	RULE_DEST,
	RULE_IDLE,
	RULE_FOREIGN,	/* the caller may not remove it */
	RULE_PROTECTED, /* a protect rule is for it */
	RULE_LOCKED,	/* SHM_LOCK is no accident */
	RULE_SYSTEM,	/* of a system user */
	RULE_KEYED,	/* its program can find it again */
	RULE_YOUNG,	/* not idle for long enough */
	RULE_GARBAGE,	/* none of these: taken */
};

/* The idle time, s, from which the policy takes such an orphan. */
int64_t policy_age_limit(const struct policy *policy, const struct finding *finding);

/* "attached", "foreign", ..., "garbage" */
const char *policy_rule_name(enum rule rule);

/* Only RULE_GARBAGE takes. */
enum rule policy_apply(const struct policy *policy, const struct finding *finding);

/*
 * The reason for the ruling as a phrase; raw text of other processes may be in it,
 * as in verdict_explain(). VERDICT_ROOM bytes are enough.
 */
void policy_explain(const struct policy *policy, const struct finding *finding,
		    enum rule rule, char *text, size_t size);

#endif

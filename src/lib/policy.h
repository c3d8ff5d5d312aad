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

struct finding;
struct segment;

struct policy {
	int64_t older_than;	  /* idle time from which a private orphan is taken, s */
	int64_t keyed_older_than; /* and a keyed one */
	bool keyed;		  /* take keyed orphans at all */
	bool system;		  /* take those of system users too */
	bool only_owner; /* take those of owner, who may be a system user, alone */
	uid_t owner;
	bool any_owner; /* the caller may remove everybody's (CAP_SYS_ADMIN) */
	uid_t caller;	/* else what this user owns or made */
};

#define POLICY_OLDER_THAN (60 * 60)
#define POLICY_KEYED_OLDER_THAN (24 * 60 * 60)

/* What `gc` without options goes by, for a caller without privileges. */
struct policy policy_default(uid_t caller);

/* The rule that settles what happens to a segment: the first that applies. */
enum rule {
	RULE_ATTACHED,
	RULE_DEST,
	RULE_IDLE,
	RULE_FOREIGN,	/* the caller may not remove it */
	RULE_OWNER,	/* not of the owner asked for */
	RULE_LOCKED,	/* SHM_LOCK is no accident */
	RULE_SYSTEM,	/* of a system user */
	RULE_PROTECTED, /* its key is on the protect list */
	RULE_KEYED,	/* its program can find it again */
	RULE_YOUNG,	/* not idle for long enough */
	RULE_GARBAGE,	/* none of these: taken */
};

/* The idle time, s, from which the policy takes such a segment. */
int64_t policy_age_limit(const struct policy *policy, const struct segment *segment);

/* Only RULE_GARBAGE takes. */
enum rule policy_apply(const struct policy *policy, const struct finding *finding);

/*
 * The reason for the ruling as a phrase; raw text of other processes may be in it,
 * as in verdict_explain(). VERDICT_ROOM bytes are enough.
 */
void policy_explain(const struct policy *policy, const struct finding *finding,
		    enum rule rule, char *text, size_t size);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The account that gc gives: what it does with each segment and why, and the sum. */
#ifndef SHMTOOL_ACCOUNT_H
#define SHMTOOL_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/policy.h"
#include "json.h"

struct finding;
struct names;

/* What becomes of a segment. */
enum deed {
	DEED_KEPT,
	DEED_PLANNED, /* it would be removed */
	DEED_REMOVED,
	DEED_SPARED, /* it was to be removed, but has been used or changed just now */
	DEED_GONE,   /* somebody else has removed it just now */
	DEED_MARKED, /* somebody attached it too late to save it; a failure */
	DEED_FAILED,
};

struct account {
	/* In. */
	const struct policy *policy;
	struct names *names;
	bool removing; /* the plan is carried out; else it is only shown */
	bool as_json;
	bool stopped;	/* neither: it is too much */
	bool verbose;	/* also say which are kept */
	bool quiet;	/* no summary */
	bool knows_yes; /* of who has said --yes, and --dry-run too, no more is said */

	/* So far. */
	size_t number[DEED_FAILED + 1];
	uint64_t bytes[DEED_FAILED + 1]; /* SEGMENT_UNKNOWN: too many */
	struct json json;
};

void account_begin(struct account *account);

/* One more segment, and the rule that settles it; error is the errno of DEED_FAILED. */
void account_enter(struct account *account, const struct finding *finding, enum rule rule,
		   enum deed deed, int error);

/* The sum, and what one can do next. */
void account_end(struct account *account);

#endif

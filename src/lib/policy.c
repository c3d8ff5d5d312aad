/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy.h"

#include <stdio.h>
#include <string.h>

#include "access.h"
#include "protect.h"
#include "verdict.h"

/*
 * Below UID_MIN (login.defs(5)), systemd's dynamic users (uids.rst there), and the
 * overflow uid, which stands for everybody that a user namespace does not map.
 */
static bool is_system_user(uid_t uid)
{
	return uid < 1000 || (uid >= 61184 && uid <= 65519) || uid == ACCESS_NOBODY;
}

static bool may_lose(const struct policy *policy, uid_t uid)
{
	return policy->system || !is_system_user(uid) ||
	       (policy->owner.set && uid == policy->owner.id);
}

static int64_t base_limit(const struct policy *policy, const struct segment *segment)
{
	return segment->key ? policy->keyed_older_than : policy->older_than;
}

/*
 * Whether the last user proves nothing: group or others may attach the segment, and with
 * that any of them takes the place of the application's own process, which may still run.
 */
static bool may_hide_a_user(const struct finding *finding)
{
	const struct segment *segment = &finding->segment;

	return (segment->mode & 0044) && finding->verdict.last != FATE_NOBODY &&
	       segment->lpid != segment->cpid;
}

int64_t policy_age_limit(const struct policy *policy, const struct finding *finding)
{
	int64_t limit = base_limit(policy, &finding->segment);

	if (may_hide_a_user(finding) && limit < policy->readable_older_than)
		return policy->readable_older_than;
	return limit;
}

const char *policy_rule_name(enum rule rule)
{
	static const char *const names[] = {
		[RULE_ATTACHED] = "attached", [RULE_DEST] = "dest",
		[RULE_IDLE] = "idle",	      [RULE_FOREIGN] = "foreign",
		[RULE_LOCKED] = "locked",     [RULE_SYSTEM] = "system",
		[RULE_KEYED] = "keyed",	      [RULE_PROTECTED] = "protected",
		[RULE_YOUNG] = "young",	      [RULE_GARBAGE] = "garbage",
	};

	return names[rule];
}

/* Whether nothing but a last user who runs makes it idle. */
static bool only_last_user_runs(const struct verdict *verdict)
{
	return (verdict->creator == FATE_GONE || verdict->creator == FATE_REPLACED) &&
	       (verdict->last == FATE_RUNNING || verdict->last == FATE_POSSIBLE);
}

static const struct protect *protection(const struct policy *policy,
					const struct finding *finding)
{
	return policy->protects ? protects_find(policy->protects, finding) : NULL;
}

enum rule policy_apply(const struct policy *policy, const struct finding *finding)
{
	const struct segment *segment = &finding->segment;

	switch (finding->verdict.state) {
	case STATE_ATTACHED:
		return RULE_ATTACHED;
	case STATE_DEST:
		return RULE_DEST;
	case STATE_IDLE:
		if (!policy->ignore_last_user || !only_last_user_runs(&finding->verdict))
			return RULE_IDLE;
		break;
	case STATE_ORPHAN:
		break;
	}
	if (!policy->any_owner && segment->uid != policy->caller &&
	    segment->cuid != policy->caller)
		return RULE_FOREIGN;
	if (protection(policy, finding))
		return RULE_PROTECTED;
	if (segment->locked && !policy->locked)
		return RULE_LOCKED;
	if (!may_lose(policy, segment->uid) || !may_lose(policy, segment->cuid))
		return RULE_SYSTEM;
	if (segment->key && !policy->keyed)
		return RULE_KEYED;
	if (finding->verdict.idle < policy_age_limit(policy, finding))
		return RULE_YOUNG;
	return RULE_GARBAGE;
}

static void append(char *text, size_t size, const char *more)
{
	size_t length = strlen(text);

	snprintf(text + length, size - length, "%s", more);
}

void policy_explain(const struct policy *policy, const struct finding *finding,
		    enum rule rule, char *text, size_t size)
{
	const struct segment *segment = &finding->segment;

	switch (rule) {
	case RULE_ATTACHED:
	case RULE_DEST:
	case RULE_IDLE:
		verdict_explain(finding, text, size);
		break;
	case RULE_GARBAGE:
		verdict_explain(finding, text, size);
		if (finding->verdict.state == STATE_IDLE)
			append(text, size, ", which was to be ignored");
		break;
	case RULE_FOREIGN:
		snprintf(
			text, size,
			"an orphan, but only its owner, its creator or root may remove it");
		break;
	case RULE_LOCKED:
		snprintf(text, size, "an orphan, but locked in memory");
		break;
	case RULE_SYSTEM:
		snprintf(text, size, "an orphan, but of system user %u",
			 may_lose(policy, segment->uid) ? segment->cuid : segment->uid);
		break;
	case RULE_PROTECTED:
		snprintf(text, size, "protected: %s",
			 protects_find(policy->protects, finding)->name);
		break;
	case RULE_KEYED:
		snprintf(text, size, "an orphan, but its program can find it by its key");
		break;
	case RULE_YOUNG:
		snprintf(text, size, "an orphan, but not idle for long enough%s",
			 policy_age_limit(policy, finding) > base_limit(policy, segment)
				 ? " where others may have been its last user"
				 : "");
		break;
	}
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy.h"

#include <stdio.h>

#include "verdict.h"

struct protected_keys {
	uint32_t first, last;
	const char *name;
};

/* Programs that leave their segments behind on purpose and look for them again. */
static const struct protected_keys protect_list[] = {
	{0x4e545030, 0x4e54512f, "NTP reference clock"},
	{0x47505344, 0x47505344, "gpsd"},
};

/* Whose key it is that must stay, or NULL. */
static const char *protected_for(uint32_t key)
{
	const size_t count = sizeof(protect_list) / sizeof(protect_list[0]);

	for (const struct protected_keys *p = protect_list; p < protect_list + count; p++)
		if (key >= p->first && key <= p->last)
			return p->name;
	return NULL;
}

/*
 * Below UID_MIN (login.defs(5)), systemd's dynamic users (uids.rst there), and the
 * overflow uid, which stands for everybody that a user namespace does not map.
 */
static bool is_system_user(uid_t uid)
{
	return uid < 1000 || (uid >= 61184 && uid <= 65519) || uid == 65534;
}

static bool may_lose(const struct policy *policy, uid_t uid)
{
	return policy->system || !is_system_user(uid) ||
	       (policy->only_owner && uid == policy->owner);
}

struct policy policy_default(uid_t caller)
{
	return (struct policy){
		.older_than = POLICY_OLDER_THAN,
		.keyed_older_than = POLICY_KEYED_OLDER_THAN,
		.caller = caller,
	};
}

int64_t policy_age_limit(const struct policy *policy, const struct segment *segment)
{
	return segment->key ? policy->keyed_older_than : policy->older_than;
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
		return RULE_IDLE;
	case STATE_ORPHAN:
		break;
	}
	if (!policy->any_owner && segment->uid != policy->caller &&
	    segment->cuid != policy->caller)
		return RULE_FOREIGN;
	if (policy->only_owner && segment->uid != policy->owner)
		return RULE_OWNER;
	if (segment->locked)
		return RULE_LOCKED;
	if (!may_lose(policy, segment->uid) || !may_lose(policy, segment->cuid))
		return RULE_SYSTEM;
	if (protected_for(segment->key))
		return RULE_PROTECTED;
	if (segment->key && !policy->keyed)
		return RULE_KEYED;
	if (finding->verdict.idle < policy_age_limit(policy, segment))
		return RULE_YOUNG;
	return RULE_GARBAGE;
}

void policy_explain(const struct policy *policy, const struct finding *finding,
		    enum rule rule, char *text, size_t size)
{
	const struct segment *segment = &finding->segment;

	switch (rule) {
	case RULE_ATTACHED:
	case RULE_DEST:
	case RULE_IDLE:
	case RULE_GARBAGE:
		verdict_explain(finding, text, size);
		break;
	case RULE_FOREIGN:
		snprintf(
			text, size,
			"an orphan, but only its owner, its creator or root may remove it");
		break;
	case RULE_OWNER:
		snprintf(text, size, "an orphan, but not of the owner asked for");
		break;
	case RULE_LOCKED:
		snprintf(text, size, "an orphan, but locked in memory");
		break;
	case RULE_SYSTEM:
		snprintf(text, size, "an orphan, but of system user %u",
			 may_lose(policy, segment->uid) ? segment->cuid : segment->uid);
		break;
	case RULE_PROTECTED:
		snprintf(text, size, "an orphan, but its key is protected: %s",
			 protected_for(segment->key));
		break;
	case RULE_KEYED:
		snprintf(text, size, "an orphan, but its program can find it by its key");
		break;
	case RULE_YOUNG:
		snprintf(text, size, "an orphan, but not idle for long enough");
		break;
	}
}

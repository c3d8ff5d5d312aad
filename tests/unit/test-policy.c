/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "lib/policy.h"
#include "lib/verdict.h"

enum { ALICE = 1000, BOB = 1001, POSTGRES = 101 };

/* What `gc --yes` of root goes by. */
static const struct policy plain = {
	.older_than = POLICY_OLDER_THAN,
	.keyed_older_than = POLICY_KEYED_OLDER_THAN,
	.any_owner = true,
};

/* What plain takes: alice's private orphan, just old enough. */
static const struct finding garbage = {
	.segment = {.id = 7, .uid = ALICE, .cuid = ALICE, .cpid = 10},
	.creator = {.pid = 10},
	.verdict = {.state = STATE_ORPHAN,
		    .creator = FATE_GONE,
		    .last = FATE_NOBODY,
		    .idle = POLICY_OLDER_THAN},
};

/* Apply, and compare both the rule and the words. */
static void expect(struct policy policy, struct finding finding, enum rule rule,
		   const char *reason)
{
	char text[VERDICT_ROOM];

	assert_int_equal(policy_apply(&policy, &finding), rule);
	policy_explain(&policy, &finding, rule, text, sizeof(text));
	assert_string_equal(text, reason);
}

static void a_private_orphan_of_a_person_is_taken_after_an_hour(void **state)
{
	struct finding f = garbage;

	(void)state;
	expect(plain, f, RULE_GARBAGE, "creator PID 10 has exited; nobody attached it");
	f.verdict.idle--;
	expect(plain, f, RULE_YOUNG, "an orphan, but not idle for long enough");
}

static void a_keyed_orphan_is_taken_if_asked_for_and_after_a_day(void **state)
{
	struct policy keyed = plain;
	struct finding f = garbage;

	(void)state;
	f.segment.key = 0x1b207;
	f.verdict.idle = POLICY_KEYED_OLDER_THAN;
	assert_int_equal(policy_age_limit(&plain, &f.segment), POLICY_KEYED_OLDER_THAN);
	assert_int_equal(policy_age_limit(&plain, &garbage.segment), POLICY_OLDER_THAN);
	expect(plain, f, RULE_KEYED, "an orphan, but its program can find it by its key");
	keyed.keyed = true;
	assert_int_equal(policy_apply(&keyed, &f), RULE_GARBAGE);
	f.verdict.idle--;
	expect(keyed, f, RULE_YOUNG, "an orphan, but not idle for long enough");
}

static void protected_keys_stay_whatever_is_asked_for(void **state)
{
	static const struct {
		uint32_t key;
		bool kept;
	} keys[] = {
		{0x4e54502f, false}, {0x4e545030, true},  {0x4e5450ff, true},
		{0x4e54512f, true},  {0x4e545130, false}, {0x47505343, false},
		{0x47505344, true},  {0x47505345, false},
	};
	struct policy all = plain;
	struct finding f = garbage;

	(void)state;
	all.keyed = all.system = true;
	all.keyed_older_than = 0;
	for (size_t i = 0; i < COUNT(keys); i++) {
		f.segment.key = keys[i].key;
		assert_int_equal(policy_apply(&all, &f),
				 keys[i].kept ? RULE_PROTECTED : RULE_GARBAGE);
	}
	f.segment.key = 0x4e545030;
	expect(all, f, RULE_PROTECTED,
	       "an orphan, but its key is protected: NTP reference clock");
}

static void only_orphans_are_taken(void **state)
{
	struct policy all = plain;
	struct finding f = garbage;

	(void)state;
	all.keyed = all.system = true;
	all.older_than = all.keyed_older_than = 0;
	f.verdict.state = STATE_IDLE;
	f.verdict.creator = FATE_UNSEEN;
	expect(all, f, RULE_IDLE,
	       "creator not visible from here (another PID namespace)");
	f.segment.nattch = 1;
	f.verdict.state = STATE_ATTACHED;
	expect(all, f, RULE_ATTACHED, "1 attach");
	f.verdict.state = STATE_DEST;
	expect(all, f, RULE_DEST, "marked for destruction, 1 attach remains");
}

static void locked_segments_stay(void **state)
{
	struct finding f = garbage;

	(void)state;
	f.segment.locked = true;
	expect(plain, f, RULE_LOCKED, "an orphan, but locked in memory");
}

static void system_users_are_left_alone_as_owner_and_as_creator(void **state)
{
	static const struct {
		uid_t uid;
		bool system;
	} users[] = {
		{0, true},	 {101, true},	 {999, true},	{1000, false},
		{60000, false},	 {61183, false}, {61184, true}, {65519, true},
		{65520, false},	 {65533, false}, {65534, true}, {65535, false},
		{524288, false},
	};
	struct finding owner = garbage, creator = garbage;

	(void)state;
	for (size_t i = 0; i < COUNT(users); i++) {
		enum rule rule = users[i].system ? RULE_SYSTEM : RULE_GARBAGE;

		owner.segment.uid = users[i].uid;
		creator.segment.cuid = users[i].uid;
		assert_int_equal(policy_apply(&plain, &owner), rule);
		assert_int_equal(policy_apply(&plain, &creator), rule);
	}
	creator.segment.cuid = POSTGRES;
	expect(plain, creator, RULE_SYSTEM, "an orphan, but of system user 101");
}

static void system_takes_them_too(void **state)
{
	struct policy system = plain;
	struct finding f = garbage;

	(void)state;
	system.system = true;
	f.segment.uid = f.segment.cuid = 0;
	assert_int_equal(policy_apply(&system, &f), RULE_GARBAGE);
}

static void owner_takes_the_named_users_alone(void **state)
{
	struct policy policy = plain;
	struct finding f = garbage;

	(void)state;
	policy.only_owner = true;
	policy.owner = BOB;
	expect(policy, f, RULE_OWNER, "an orphan, but not of the owner asked for");
	policy.owner = ALICE;
	assert_int_equal(policy_apply(&policy, &f), RULE_GARBAGE);
}

static void owner_may_name_a_system_user_but_not_lend_him_to_another(void **state)
{
	struct policy policy = plain;
	struct finding f = garbage;

	(void)state;
	policy.only_owner = true;
	policy.owner = f.segment.uid = f.segment.cuid = POSTGRES;
	assert_int_equal(policy_apply(&policy, &f), RULE_GARBAGE);
	f.segment.cuid = 0;
	assert_int_equal(policy_apply(&policy, &f), RULE_SYSTEM);
}

static void without_privilege_only_ones_own_are_taken(void **state)
{
	struct policy policy = plain;
	struct finding f = garbage;

	(void)state;
	policy.any_owner = false;
	policy.caller = BOB;
	expect(policy, f, RULE_FOREIGN,
	       "an orphan, but only its owner, its creator or root may remove it");
	f.segment.cuid = BOB;
	assert_int_equal(policy_apply(&policy, &f), RULE_GARBAGE);
	f.segment.cuid = ALICE;
	f.segment.uid = BOB;
	assert_int_equal(policy_apply(&policy, &f), RULE_GARBAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_private_orphan_of_a_person_is_taken_after_an_hour),
		cmocka_unit_test(a_keyed_orphan_is_taken_if_asked_for_and_after_a_day),
		cmocka_unit_test(protected_keys_stay_whatever_is_asked_for),
		cmocka_unit_test(only_orphans_are_taken),
		cmocka_unit_test(locked_segments_stay),
		cmocka_unit_test(system_users_are_left_alone_as_owner_and_as_creator),
		cmocka_unit_test(system_takes_them_too),
		cmocka_unit_test(owner_takes_the_named_users_alone),
		cmocka_unit_test(
			owner_may_name_a_system_user_but_not_lend_him_to_another),
		cmocka_unit_test(without_privilege_only_ones_own_are_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

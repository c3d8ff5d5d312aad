/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "lib/policy.h"
#include "lib/protect.h"
#include "lib/verdict.h"

enum { HOUR = 3600, DAY = 86400 };
enum { ALICE = 1000, BOB = 1001, POSTGRES = 101 };

/* What `gc --yes` of root goes by. */
static const struct policy plain = {
	.older_than = HOUR,
	.keyed_older_than = DAY,
	.any_owner = true,
};

/* What plain takes: alice's private orphan, just old enough. */
static const struct finding garbage = {
	.segment = {.id = 7, .uid = ALICE, .cuid = ALICE, .cpid = 10},
	.creator = {.pid = 10},
	.verdict = {.state = STATE_ORPHAN,
		    .creator = FATE_GONE,
		    .last = FATE_NOBODY,
		    .idle = HOUR},
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
	f.verdict.idle = DAY;
	assert_int_equal(policy_age_limit(&plain, &f), DAY);
	assert_int_equal(policy_age_limit(&plain, &garbage), HOUR);
	expect(plain, f, RULE_KEYED, "an orphan, but its program can find it by its key");
	keyed.keyed = true;
	assert_int_equal(policy_apply(&keyed, &f), RULE_GARBAGE);
	f.verdict.idle--;
	expect(keyed, f, RULE_YOUNG, "an orphan, but not idle for long enough");
}

static void a_last_user_who_can_be_anybody_must_be_gone_for_a_day(void **state)
{
	struct policy day = plain;
	struct finding f = garbage;

	(void)state;
	day.readable_older_than = DAY;
	f.segment.lpid = 20;
	f.verdict.last = FATE_GONE;
	for (unsigned int mode = 0; mode < 01000; mode++) {
		f.segment.mode = mode;
		assert_int_equal(policy_apply(&day, &f),
				 mode & 0044 ? RULE_YOUNG : RULE_GARBAGE);
	}
	expect(day, f, RULE_YOUNG,
	       "an orphan, but not idle for long enough where others may have been its "
	       "last user");
	f.verdict.idle = DAY;
	assert_int_equal(policy_apply(&day, &f), RULE_GARBAGE);
	f.verdict.idle = HOUR;
	f.segment.lpid = f.segment.cpid;
	assert_int_equal(policy_apply(&day, &f), RULE_GARBAGE);
	f.segment.lpid = 0;
	f.verdict.last = FATE_NOBODY;
	assert_int_equal(policy_apply(&day, &f), RULE_GARBAGE);
}

static void what_is_protected_stays_whatever_is_asked_for(void **state)
{
	struct protects protects = {0};
	struct policy all = plain;
	struct finding f = garbage;

	(void)state;
	assert_non_null(protects_add(&protects, "clock"));
	assert_int_equal(key_ranges_parse("0x10-0x12", &protects.item[0].filter.keys), 0);
	all.protects = &protects;
	all.keyed = all.system = all.locked = true;
	all.keyed_older_than = 0;
	f.segment.key = 0x12;
	expect(all, f, RULE_PROTECTED, "protected: clock");
	f.segment.key = 0x13;
	assert_int_equal(policy_apply(&all, &f), RULE_GARBAGE);
	protects_release(&protects);
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

static void locked_segments_go_if_asked_for(void **state)
{
	struct policy locked = plain;
	struct finding f = garbage;

	(void)state;
	locked.locked = true;
	f.segment.locked = true;
	assert_int_equal(policy_apply(&locked, &f), RULE_GARBAGE);
}

/* A client of an X server has died, and the server runs. */
static struct finding left_to_server(enum fate creator, enum fate last)
{
	struct finding f = garbage;

	f.segment.lpid = 20;
	f.last = (struct process){.pid = 20, .command = "Xorg"};
	f.verdict.state = STATE_IDLE;
	f.verdict.creator = creator;
	f.verdict.last = last;
	return f;
}

static void a_last_user_who_runs_can_be_ignored(void **state)
{
	struct policy ignoring = plain;
	struct finding f = left_to_server(FATE_GONE, FATE_RUNNING);

	(void)state;
	ignoring.ignore_last_user = true;
	expect(plain, f, RULE_IDLE, "last user PID 20 (Xorg) is running");
	expect(ignoring, f, RULE_GARBAGE,
	       "last user PID 20 (Xorg) is running, which was to be ignored");
	f = left_to_server(FATE_REPLACED, FATE_POSSIBLE);
	assert_int_equal(policy_apply(&ignoring, &f), RULE_GARBAGE);
	f.verdict.idle--;
	assert_int_equal(policy_apply(&ignoring, &f), RULE_YOUNG);
}

static void
a_last_user_out_of_sight_and_a_creator_who_runs_are_never_ignored(void **state)
{
	static const enum fate fates[][2] = {
		{FATE_RUNNING, FATE_RUNNING}, {FATE_POSSIBLE, FATE_RUNNING},
		{FATE_UNSEEN, FATE_RUNNING},  {FATE_GONE, FATE_UNSEEN},
		{FATE_RUNNING, FATE_NOBODY},  {FATE_UNSEEN, FATE_NOBODY},
	};
	struct policy ignoring = plain;

	(void)state;
	ignoring.ignore_last_user = true;
	for (size_t i = 0; i < COUNT(fates); i++) {
		struct finding f = left_to_server(fates[i][0], fates[i][1]);

		assert_int_equal(policy_apply(&ignoring, &f), RULE_IDLE);
	}
}

static void every_rule_has_a_name_of_its_own(void **state)
{
	(void)state;
	for (enum rule a = RULE_ATTACHED; a <= RULE_GARBAGE; a++)
		for (enum rule b = RULE_ATTACHED; b < a; b++)
			assert_string_not_equal(policy_rule_name(a), policy_rule_name(b));
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

static void owner_may_name_a_system_user_but_not_lend_him_to_another(void **state)
{
	struct policy policy = plain;
	struct finding f = garbage;

	(void)state;
	policy.owner = (struct some_id){true, POSTGRES};
	f.segment.uid = f.segment.cuid = POSTGRES;
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
		cmocka_unit_test(a_last_user_who_can_be_anybody_must_be_gone_for_a_day),
		cmocka_unit_test(what_is_protected_stays_whatever_is_asked_for),
		cmocka_unit_test(only_orphans_are_taken),
		cmocka_unit_test(locked_segments_stay),
		cmocka_unit_test(locked_segments_go_if_asked_for),
		cmocka_unit_test(a_last_user_who_runs_can_be_ignored),
		cmocka_unit_test(
			a_last_user_out_of_sight_and_a_creator_who_runs_are_never_ignored),
		cmocka_unit_test(every_rule_has_a_name_of_its_own),
		cmocka_unit_test(system_users_are_left_alone_as_owner_and_as_creator),
		cmocka_unit_test(system_takes_them_too),
		cmocka_unit_test(
			owner_may_name_a_system_user_but_not_lend_him_to_another),
		cmocka_unit_test(without_privilege_only_ones_own_are_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

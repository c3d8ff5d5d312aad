/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "lib/moment.h"
#include "lib/verdict.h"

/* A system that booted at 1,000,000 and has run for a day. */
static const struct moment moment = {.boot = 1000000, .now = 1086400};

enum { MADE = 1080000, USED = 1080100 };

/* An orphan: PID 10 made it, PID 11 was the last to use it, and neither exists. */
static const struct finding orphan = {
	.segment = {.id = 7,
		    .cpid = 10,
		    .lpid = 11,
		    .ctime = MADE,
		    .atime = USED,
		    .dtime = USED + 1},
	.creator = {.pid = 10, .started = PROCESS_STARTED_UNKNOWN},
	.last = {.pid = 11, .started = PROCESS_STARTED_UNKNOWN},
};

static struct process running(pid_t pid, int64_t started)
{
	return (struct process){
		.pid = pid, .exists = true, .started = started, .command = "app"};
}

/* Judge, and compare both the state and the words. */
static void expect(struct finding finding, enum state state, const char *reason)
{
	char text[VERDICT_ROOM];

	finding.verdict = verdict_judge(&finding, &moment);
	assert_string_equal(verdict_state_name(finding.verdict.state),
			    verdict_state_name(state));
	verdict_explain(&finding, text, sizeof(text));
	assert_string_equal(text, reason);
}

static void both_gone_is_an_orphan(void **state)
{
	(void)state;
	expect(orphan, STATE_ORPHAN,
	       "creator PID 10 has exited; last user PID 11 has exited");
}

static void one_process_in_both_roles_is_named_once(void **state)
{
	struct finding f = orphan;

	(void)state;
	f.segment.lpid = f.last.pid = 10;
	expect(f, STATE_ORPHAN, "creator and last user PID 10 has exited");
}

static void never_attached_and_creator_gone_is_an_orphan(void **state)
{
	struct finding f = orphan;

	(void)state;
	f.segment.lpid = 0;
	f.segment.atime = f.segment.dtime = 0;
	f.last = (struct process){0};
	expect(f, STATE_ORPHAN, "creator PID 10 has exited; nobody attached it");
}

static void a_running_creator_keeps_it_idle(void **state)
{
	struct finding f = orphan;

	(void)state;
	f.creator = running(10, MADE - 5);
	expect(f, STATE_IDLE, "creator PID 10 (app) is running");
}

static void a_running_last_user_keeps_it_idle(void **state)
{
	struct finding f = orphan;

	(void)state;
	f.last = running(11, USED - 5);
	expect(f, STATE_IDLE, "last user PID 11 (app) is running");
}

static void both_are_named_if_both_run(void **state)
{
	struct finding f = orphan;

	(void)state;
	f.creator = running(10, MADE - 5);
	f.last = running(11, USED - 5);
	expect(f, STATE_IDLE,
	       "creator PID 10 (app) is running; last user PID 11 (app) is running");
}

static void a_recycled_pid_is_not_mistaken_for_the_creator(void **state)
{
	struct finding f = orphan;

	(void)state;
	f.creator = running(10, MADE + VERDICT_MARGIN + 1);
	expect(f, STATE_ORPHAN,
	       "creator PID 10 has exited, and a younger process has that PID now; "
	       "last user PID 11 has exited");
}

static void a_recycled_pid_is_not_mistaken_for_the_last_user(void **state)
{
	struct finding f = orphan;

	(void)state;
	f.last = running(11, f.segment.dtime + VERDICT_MARGIN + 1);
	expect(f, STATE_ORPHAN,
	       "creator PID 10 has exited; last user PID 11 has exited, and a younger "
	       "process has that PID now");
}

static void within_the_margin_it_may_be_the_creator(void **state)
{
	static const char reason[] =
		"creator PID 10 is running, or a younger process with that PID";
	struct finding f = orphan;

	(void)state;
	f.creator = running(10, MADE + VERDICT_MARGIN);
	expect(f, STATE_IDLE, reason);
	f.creator = running(10, MADE + 1);
	expect(f, STATE_IDLE, reason);
}

static void without_a_start_time_it_may_be_the_creator(void **state)
{
	struct finding f = orphan;

	(void)state;
	f.creator = running(10, PROCESS_STARTED_UNKNOWN);
	expect(f, STATE_IDLE,
	       "creator PID 10 is running, or a younger process with that PID");
}

static void a_stamp_before_boot_proves_no_recycling(void **state)
{
	struct finding f = orphan;

	(void)state;
	/* Made by the wrong clock at start-up; then NTP set it forward by years. */
	f.segment.ctime = 5000;
	f.creator = running(10, moment.boot + 3);
	expect(f, STATE_IDLE,
	       "creator PID 10 is running, or a younger process with that PID");
}

static void a_stamp_older_than_all_witnesses_proves_no_recycling(void **state)
{
	/* Seen from mounts that are younger than a step of 10 minutes. */
	struct moment late = {
		.boot = moment.boot + 600, .now = moment.now + 600, .witness = MADE + 1};
	struct finding f = orphan;

	(void)state;
	f.creator = running(10, MADE - 5 + 600);
	assert_int_equal(verdict_judge(&f, &late).creator, FATE_POSSIBLE);
	assert_int_equal(verdict_judge(&f, &late).state, STATE_IDLE);
	late.witness = MADE;
	assert_int_equal(verdict_judge(&f, &late).creator, FATE_REPLACED);
	late.witness = INT64_MAX;
	assert_int_equal(verdict_judge(&f, &late).creator, FATE_POSSIBLE);
}

static void where_the_clocks_cannot_be_compared_nobody_is_younger(void **state)
{
	struct moment unsure = moment;
	struct finding f = orphan;

	(void)state;
	f.creator = running(10, MADE + VERDICT_MARGIN + 1);
	assert_int_equal(verdict_judge(&f, &unsure).creator, FATE_REPLACED);
	unsure.unsure = true;
	assert_int_equal(verdict_judge(&f, &unsure).creator, FATE_POSSIBLE);
	assert_int_equal(verdict_judge(&f, &unsure).state, STATE_IDLE);
	f.creator.exists = false;
	assert_int_equal(verdict_judge(&f, &unsure).creator, FATE_GONE);
}

static void a_clock_set_forward_does_not_kill_the_creator(void **state)
{
	const int64_t steps[] = {61, 120, 3600, 86400 * 365};
	struct finding f = orphan;

	(void)state;
	/* It started 5 s before, by the same clock; then the clock jumped. */
	for (size_t i = 0; i < COUNT(steps); i++) {
		const struct moment jumped = {.boot = moment.boot + steps[i],
					      .now = moment.now + steps[i],
					      .set_forward = steps[i]};

		f.creator = running(10, MADE - 5 + steps[i]);
		f.last = running(11, USED - 5 + steps[i]);
		f.verdict = verdict_judge(&f, &jumped);
		assert_int_equal(f.verdict.state, STATE_IDLE);
		assert_int_equal(f.verdict.creator, FATE_POSSIBLE);
		assert_int_equal(f.verdict.last, FATE_POSSIBLE);
	}
}

static void
with_the_clock_set_forward_a_recycled_pid_needs_as_much_more_proof(void **state)
{
	const struct moment jumped = {
		.boot = moment.boot, .now = moment.now, .set_forward = 500};
	struct finding f = orphan;

	(void)state;
	f.creator = running(10, MADE + VERDICT_MARGIN + 500);
	assert_int_equal(verdict_judge(&f, &jumped).creator, FATE_POSSIBLE);
	f.creator.started++;
	assert_int_equal(verdict_judge(&f, &jumped).creator, FATE_REPLACED);
}

static void the_creator_is_measured_by_the_oldest_stamp(void **state)
{
	struct finding f = orphan;

	(void)state;
	/* Made before USED, and IPC_SET at the end: what started between is another. */
	f.segment.ctime = USED + 1000;
	f.creator = running(10, USED + 500);
	assert_int_equal(verdict_judge(&f, &moment).creator, FATE_REPLACED);
	f.creator = running(10, USED + 5);
	assert_int_equal(verdict_judge(&f, &moment).creator, FATE_POSSIBLE);
	f.creator = running(10, USED);
	assert_int_equal(verdict_judge(&f, &moment).creator, FATE_RUNNING);
}

static void a_detach_can_be_the_oldest_of_all_stamps(void **state)
{
	struct finding f = orphan;

	(void)state;
	/* As of a process that had attached it before the clock was set back. */
	f.segment.ctime = f.segment.atime = USED + 1000;
	f.segment.dtime = USED;
	f.creator = running(10, USED + 500);
	assert_int_equal(verdict_judge(&f, &moment).creator, FATE_REPLACED);
	f.segment.dtime = USED + 1000;
	assert_int_equal(verdict_judge(&f, &moment).creator, FATE_RUNNING);
}

static void pid_0_is_somebody_out_of_sight(void **state)
{
	struct finding f = orphan;

	(void)state;
	f.segment.cpid = 0;
	expect(f, STATE_IDLE, "creator not visible from here (another PID namespace)");
	f = orphan;
	f.segment.lpid = 0;
	expect(f, STATE_IDLE, "last user not visible from here (another PID namespace)");
	f.segment.cpid = 0;
	f.creator = f.last = (struct process){0};
	expect(f, STATE_IDLE,
	       "creator and last user not visible from here (another PID namespace)");
}

static void attaches_are_counted_in_words(void **state)
{
	struct finding f = orphan;

	(void)state;
	f.segment.nattch = 1;
	expect(f, STATE_ATTACHED, "1 attach");
	f.segment.nattch = 3;
	expect(f, STATE_ATTACHED, "3 attaches");
	f.segment.dest = true;
	expect(f, STATE_DEST, "marked for destruction, 3 attaches remain");
	f.segment.nattch = 1;
	expect(f, STATE_DEST, "marked for destruction, 1 attach remains");
}

static int64_t idle_of(struct segment segment)
{
	struct finding f = {.segment = segment};

	return verdict_judge(&f, &moment).idle;
}

static void idle_time_counts_from_the_latest_stamp(void **state)
{
	(void)state;
	assert_int_equal(idle_of((struct segment){.ctime = moment.now - 50}), 50);
	assert_int_equal(idle_of((struct segment){.ctime = 1, .atime = moment.now - 40}),
			 40);
	assert_int_equal(idle_of((struct segment){.atime = moment.now - 40,
						  .dtime = moment.now - 30}),
			 30);
}

static void a_stamp_in_the_future_is_idle_0(void **state)
{
	(void)state;
	assert_int_equal(idle_of((struct segment){.ctime = moment.now + 1000}), 0);
}

static void nothing_is_idle_for_longer_than_the_system_is_up(void **state)
{
	(void)state;
	assert_int_equal(idle_of((struct segment){.ctime = 5}), moment.now - moment.boot);
	assert_int_equal(idle_of((struct segment){.ctime = INT64_MIN}),
			 moment.now - moment.boot);
}

static void a_step_of_the_clock_is_no_idle_time(void **state)
{
	const struct moment jumped = {
		.boot = moment.boot, .now = moment.now, .set_forward = 7200};
	struct finding f = orphan;

	(void)state;
	f.segment = (struct segment){.ctime = moment.now - 7201};
	assert_int_equal(verdict_judge(&f, &jumped).idle, 1);
	f.segment.ctime = moment.now - 7200 - 3600;
	assert_int_equal(verdict_judge(&f, &jumped).idle, 3600);
	/* Made after the step, for less has passed. */
	f.segment.ctime = moment.now - 3600;
	assert_int_equal(verdict_judge(&f, &jumped).idle, 3600);
	f.segment.ctime = INT64_MIN;
	assert_int_equal(verdict_judge(&f, &jumped).idle, moment.now - moment.boot);
}

static void a_clock_that_began_long_ago_spoils_no_idle_time(void **state)
{
	struct moment jumped = moment;
	const struct finding f = {.segment = {.ctime = moment.now - 5000}};

	(void)state;
	jumped.set_forward = 1000000000;
	assert_int_equal(verdict_judge(&f, &jumped).idle, 5000);
	/* Whether there was a step before the oldest witness, nobody knows. */
	jumped = moment;
	jumped.witness = moment.now - 600;
	assert_int_equal(verdict_judge(&f, &jumped).idle, 600);
}

static void what_is_attached_is_not_idle(void **state)
{
	(void)state;
	assert_int_equal(idle_of((struct segment){.ctime = 5, .nattch = 1}), -1);
}

static void a_short_buffer_cuts_the_reason(void **state)
{
	struct finding f = orphan;
	char text[30];

	(void)state;
	f.verdict = verdict_judge(&f, &moment);
	for (size_t size = 1; size <= sizeof(text); size++) {
		memset(text, '#', sizeof(text));
		verdict_explain(&f, text, size);
		assert_true(strlen(text) < size);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_gone_is_an_orphan),
		cmocka_unit_test(one_process_in_both_roles_is_named_once),
		cmocka_unit_test(never_attached_and_creator_gone_is_an_orphan),
		cmocka_unit_test(a_running_creator_keeps_it_idle),
		cmocka_unit_test(a_running_last_user_keeps_it_idle),
		cmocka_unit_test(both_are_named_if_both_run),
		cmocka_unit_test(a_recycled_pid_is_not_mistaken_for_the_creator),
		cmocka_unit_test(a_recycled_pid_is_not_mistaken_for_the_last_user),
		cmocka_unit_test(within_the_margin_it_may_be_the_creator),
		cmocka_unit_test(without_a_start_time_it_may_be_the_creator),
		cmocka_unit_test(a_stamp_before_boot_proves_no_recycling),
		cmocka_unit_test(a_stamp_older_than_all_witnesses_proves_no_recycling),
		cmocka_unit_test(where_the_clocks_cannot_be_compared_nobody_is_younger),
		cmocka_unit_test(a_clock_set_forward_does_not_kill_the_creator),
		cmocka_unit_test(
			with_the_clock_set_forward_a_recycled_pid_needs_as_much_more_proof),
		cmocka_unit_test(the_creator_is_measured_by_the_oldest_stamp),
		cmocka_unit_test(a_detach_can_be_the_oldest_of_all_stamps),
		cmocka_unit_test(pid_0_is_somebody_out_of_sight),
		cmocka_unit_test(attaches_are_counted_in_words),
		cmocka_unit_test(idle_time_counts_from_the_latest_stamp),
		cmocka_unit_test(a_stamp_in_the_future_is_idle_0),
		cmocka_unit_test(nothing_is_idle_for_longer_than_the_system_is_up),
		cmocka_unit_test(a_step_of_the_clock_is_no_idle_time),
		cmocka_unit_test(a_clock_that_began_long_ago_spoils_no_idle_time),
		cmocka_unit_test(what_is_attached_is_not_idle),
		cmocka_unit_test(a_short_buffer_cuts_the_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

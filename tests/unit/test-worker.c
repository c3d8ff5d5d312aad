/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps in a child: those that end, and those that do not. */
#include "unit.h"

#include <signal.h>
#include <unistd.h>

#include "lib/worker.h"

enum { STEPS = 10 };

/* What the steps share with the test. */
struct steps {
	int made[STEPS];
	int stuck, killed, paused, last; /* at which step that happens; -1: never */
	pid_t pid;
};

static struct steps *steps;
static int64_t patience;

static int make_step(void *context, size_t step)
{
	const int at = (int)step;

	(void)context;
	steps->pid = getpid();
	if (at == steps->stuck)
		pause();
	if (at == steps->killed)
		raise(SIGKILL);
	if (at == steps->paused) {
		steps->paused = -1;
		return WORKER_PAUSED;
	}
	steps->made[step]++;
	return at == steps->last ? -1 : WORKER_DONE;
}

static struct worker begin(void)
{
	const struct steps none = {.stuck = -1, .killed = -1, .paused = -1, .last = -1};

	*steps = none;
	patience = WORKER_ALL;
	return (struct worker){.count = STEPS, .step = make_step, .patience = &patience};
}

static int made(size_t from, size_t to)
{
	int sum = 0;

	for (size_t i = from; i < to; i++)
		sum += steps->made[i] == 1;
	return sum;
}

static void steps_are_made_once_each_by_a_child(void **state)
{
	struct worker worker = begin();

	(void)state;
	assert_int_equal(worker_run(&worker), 0);
	assert_int_equal(worker.end, WORKER_DONE);
	assert_int_equal(worker.next, STEPS);
	assert_int_equal(made(0, STEPS), STEPS);
	assert_int_not_equal(steps->pid, getpid());
	assert_int_equal(patience, WORKER_ALL);
}

static void no_more_are_made_than_are_needed(void **state)
{
	struct worker worker = begin();

	(void)state;
	steps->last = 3;
	assert_int_equal(worker_run(&worker), 0);
	assert_int_equal(worker.end, WORKER_DONE);
	assert_int_equal(made(0, 4), 4);
	assert_int_equal(made(4, STEPS), 0);
}

static void a_step_that_never_ends_is_killed_and_the_rest_can_be_made(void **state)
{
	struct worker worker = begin();

	(void)state;
	steps->stuck = 4;
	assert_int_equal(worker_run(&worker), 0);
	assert_int_equal(worker.end, WORKER_STUCK);
	assert_int_equal(worker.next, 4);
	assert_int_equal(kill(steps->pid, 0), -1);
	assert_int_equal(patience, WORKER_ALL - WORKER_STEP);
	worker.next++;
	assert_int_equal(worker_run(&worker), 0);
	assert_int_equal(made(0, STEPS), STEPS - 1);
}

static void when_there_is_no_patience_left_nothing_is_tried(void **state)
{
	struct worker worker = begin();

	(void)state;
	steps->stuck = 0;
	for (int i = 0; i < WORKER_ALL / WORKER_STEP; i++)
		assert_int_equal(worker_run(&worker), 0);
	assert_int_equal(worker_run(&worker), -1);
	assert_int_equal(errno, ETIME);
	assert_int_equal(made(0, STEPS), 0);
}

static void a_child_that_is_killed_was_stuck(void **state)
{
	struct worker worker = begin();

	(void)state;
	steps->killed = 5;
	assert_int_equal(worker_run(&worker), 0);
	assert_int_equal(worker.end, WORKER_STUCK);
	assert_int_equal(worker.next, 5);
	assert_int_equal(patience, WORKER_ALL);
}

static void a_step_can_be_made_again_by_another_child(void **state)
{
	struct worker worker = begin();
	pid_t first;

	(void)state;
	steps->paused = 6;
	assert_int_equal(worker_run(&worker), 0);
	assert_int_equal(worker.end, WORKER_PAUSED);
	assert_int_equal(worker.next, 6);
	first = steps->pid;
	assert_int_equal(worker_run(&worker), 0);
	assert_int_equal(worker.end, WORKER_DONE);
	assert_int_equal(made(0, STEPS), STEPS);
	assert_int_not_equal(steps->pid, first);
}

static void it_works_where_children_are_forgotten(void **state)
{
	struct worker worker = begin();

	(void)state;
	signal(SIGCHLD, SIG_IGN);
	assert_int_equal(worker_run(&worker), 0);
	signal(SIGCHLD, SIG_DFL);
	assert_int_equal(made(0, STEPS), STEPS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps_are_made_once_each_by_a_child),
		cmocka_unit_test(no_more_are_made_than_are_needed),
		cmocka_unit_test(
			a_step_that_never_ends_is_killed_and_the_rest_can_be_made),
		cmocka_unit_test(when_there_is_no_patience_left_nothing_is_tried),
		cmocka_unit_test(a_child_that_is_killed_was_stuck),
		cmocka_unit_test(a_step_can_be_made_again_by_another_child),
		cmocka_unit_test(it_works_where_children_are_forgotten),
	};

	steps = worker_share(sizeof(*steps));
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "lib/deadline.h"

static struct timespec now = {1000, 500};

int __wrap_clock_gettime(clockid_t clock, struct timespec *result);

int __wrap_clock_gettime(clockid_t clock, struct timespec *result)
{
	assert_int_equal(clock, CLOCK_MONOTONIC);
	*result = now;
	return 0;
}

static void what_is_left_shrinks_to_nothing(void **state)
{
	struct deadline deadline;
	struct timespec left;

	(void)state;
	now = (struct timespec){1000, 500};
	deadline = deadline_after(2);
	assert_false(deadline.never);
	now = (struct timespec){1000, 700};
	assert_true(deadline_left(&deadline, &left));
	assert_int_equal(left.tv_sec, 1);
	assert_int_equal(left.tv_nsec, 999999800);
	now = (struct timespec){1002, 499};
	assert_true(deadline_left(&deadline, &left));
	assert_int_equal(left.tv_sec, 0);
	assert_int_equal(left.tv_nsec, 1);
	now = (struct timespec){1002, 500};
	assert_false(deadline_left(&deadline, &left));
	now = (struct timespec){1003, 400};
	assert_false(deadline_left(&deadline, &left));
	assert_int_equal(left.tv_sec, 0);
	assert_int_equal(left.tv_nsec, 0);
}

static void no_time_at_all_has_passed_at_once(void **state)
{
	const struct deadline deadline = deadline_after(0);
	struct timespec left;

	(void)state;
	assert_false(deadline.never);
	assert_false(deadline_left(&deadline, &left));
}

static void what_no_clock_can_show_is_never(void **state)
{
	(void)state;
	assert_true(deadline_after(INT64_MAX).never);
	assert_true(deadline_after(INT64_MAX - 1).never);
	assert_false(deadline_after(INT64_MAX - 2000).never);
	now.tv_sec = 0;
	assert_true(deadline_after(INT64_MAX).never);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_left_shrinks_to_nothing),
		cmocka_unit_test(no_time_at_all_has_passed_at_once),
		cmocka_unit_test(what_no_clock_can_show_is_never),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

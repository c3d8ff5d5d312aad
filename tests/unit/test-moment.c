/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The present, with a wall clock that has been set. */
#include "unit.h"

#include <time.h>

#include "lib/moment.h"

/* By how much the wall clock has been set since, s. */
static time_t step;

int __real_clock_gettime(clockid_t clock, struct timespec *time);
int __wrap_clock_gettime(clockid_t clock, struct timespec *time);

int __wrap_clock_gettime(clockid_t clock, struct timespec *time)
{
	int result = __real_clock_gettime(clock, time);

	if (clock == CLOCK_REALTIME)
		time->tv_sec += step;
	return result;
}

static struct moment after_step(time_t seconds)
{
	step = seconds;
	return moment_present();
}

static void boot_is_before_now_and_the_clock_was_never_set_back(void **state)
{
	struct moment moment = after_step(0);

	(void)state;
	assert_true(moment.boot < moment.now);
	assert_in_range(moment.boot_nsec, 0, 999999999);
	assert_true(moment.set_forward >= 0);
	/* time(2) reads a coarser clock, which may be a tick behind. */
	assert_in_range(time(NULL) - moment.now + 1, 0, 3);
}

static void a_step_forward_is_noticed_whatever_the_uptime(void **state)
{
	int64_t before = after_step(0).set_forward;

	(void)state;
	/* What is in memory was made at the start, or soon after. */
	assert_true(after_step(100000000).set_forward >= before + 100000000 - 86400);
	assert_true(after_step(200000000).set_forward >=
		    after_step(100000000).set_forward + 99999999);
}

static void a_step_back_is_none_forward(void **state)
{
	(void)state;
	assert_int_equal(after_step(-1000000000).set_forward, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(boot_is_before_now_and_the_clock_was_never_set_back),
		cmocka_unit_test(a_step_forward_is_noticed_whatever_the_uptime),
		cmocka_unit_test(a_step_back_is_none_forward),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

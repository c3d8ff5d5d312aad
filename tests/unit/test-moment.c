/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The present, with a wall clock that has been set. */
#include "unit.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

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

/* What all file systems are, where they are not asked. */
static long magic;

int __wrap_statfs(const char *path, struct statfs *fs);
int __wrap_statfs64(const char *path, struct statfs *fs);

int __wrap_statfs(const char *path, struct statfs *fs)
{
	int fd = open(path, O_PATH | O_CLOEXEC), result = fstatfs(fd, fs);

	close(fd);
	if (result == 0 && magic)
		fs->f_type = (__typeof__(fs->f_type))magic;
	return result;
}

int __wrap_statfs64(const char *path, struct statfs *fs)
{
	return __wrap_statfs(path, fs);
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

static void a_stamp_on_a_disk_is_no_witness(void **state)
{
	(void)state;
	magic = EXT4_SUPER_MAGIC;
	assert_int_equal(after_step(100000000).set_forward, 0);
	magic = 0;
	assert_true(after_step(100000000).set_forward > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(boot_is_before_now_and_the_clock_was_never_set_back),
		cmocka_unit_test(a_step_forward_is_noticed_whatever_the_uptime),
		cmocka_unit_test(a_step_back_is_none_forward),
		cmocka_unit_test(a_stamp_on_a_disk_is_no_witness),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

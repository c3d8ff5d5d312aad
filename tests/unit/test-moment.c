/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The present, with a wall clock that has been set. */
#include "unit.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <string.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/moment.h"

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80
#endif

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
	assert_true(after_step(0).witness == INT64_MAX);
	magic = 0;
	assert_true(after_step(0).witness < time(NULL));
	assert_true(after_step(100000000).set_forward > 0);
}

/* Run a function in a process of its own. Returns its exit status. */
static int in_a_child(int (*function)(void))
{
	pid_t child = fork();
	int status;

	if (child == 0)
		_exit(function());
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

enum { GOOD, WRONG, NO_NAMESPACE };
enum { AHEAD = 400 * 86400 };

/* What was seen outside. */
static struct moment outside;

static int look_with_offset(void)
{
	struct moment moment = after_step(100000000);

	return !moment.unsure && outside.boot - moment.boot >= AHEAD - 1 &&
			       moment.set_forward - outside.set_forward <= 1 &&
			       outside.set_forward - moment.set_forward <= 1
		       ? GOOD
		       : WRONG;
}

static int enter_and_look(void)
{
	static const char offset[] = "boottime 34560000 0";
	int fd;

	if (unshare(CLONE_NEWTIME))
		return NO_NAMESPACE;
	/* It is the one of children alone; nobody is in it, which is why it can be set. */
	if (!moment_present().unsure)
		return WRONG;
	fd = open("/proc/self/timens_offsets", O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, offset, strlen(offset)) < 0)
		return NO_NAMESPACE;
	close(fd);
	return in_a_child(look_with_offset);
}

static void the_offset_of_a_time_namespace_hides_no_step(void **state)
{
	int result;

	(void)state;
	outside = after_step(100000000);
	assert_false(outside.unsure);
	result = in_a_child(enter_and_look);
	if (result == NO_NAMESPACE)
		skip();
	assert_int_equal(result, GOOD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(boot_is_before_now_and_the_clock_was_never_set_back),
		cmocka_unit_test(a_step_forward_is_noticed_whatever_the_uptime),
		cmocka_unit_test(a_step_back_is_none_forward),
		cmocka_unit_test(a_stamp_on_a_disk_is_no_witness),
		cmocka_unit_test(the_offset_of_a_time_namespace_hides_no_step),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

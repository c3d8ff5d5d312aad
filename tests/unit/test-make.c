/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Errors that the kernel does not give on demand, and the signals around them. */
#include "unit.h"

#include <sys/shm.h>
#include <sys/types.h>
#include <unistd.h>

#include "make.h"

static int fork_error, pipe_error;
static int look_error; /* of each look at a segment */

pid_t __real_fork(void);
pid_t __wrap_fork(void);
int __real_pipe2(int ends[2], int flags);
int __wrap_pipe2(int ends[2], int flags);
int __real_shmctl(int id, int command, struct shmid_ds *ds);
int __wrap_shmctl(int id, int command, struct shmid_ds *ds);

static int refuse(int error)
{
	errno = error;
	return -1;
}

pid_t __wrap_fork(void)
{
	return fork_error ? refuse(fork_error) : __real_fork();
}

int __wrap_pipe2(int ends[2], int flags)
{
	return pipe_error ? refuse(pipe_error) : __real_pipe2(ends, flags);
}

int __wrap_shmctl(int id, int command, struct shmid_ds *ds)
{
	if (command == SHM_STAT_ANY && look_error)
		return refuse(look_error);
	return __real_shmctl(id, command, ds);
}

static struct making wanted(void)
{
	fork_error = pipe_error = look_error = 0;
	return (struct making){.wanted = {.request = {.size = 4096, .mode = 0640},
					  .wish = {.mode = WISH_ANY_MODE}}};
}

static bool is_blocked(int signal)
{
	sigset_t blocked;

	sigprocmask(SIG_BLOCK, NULL, &blocked);
	return sigismember(&blocked, signal);
}

static uint64_t count(void)
{
	struct sysv_limits limits;

	assert_int_equal(sysv_limits(&limits), 0);
	return limits.segments;
}

static void who_made_it_has_ended_and_signals_wait(void **state)
{
	struct making making = wanted();

	(void)state;
	assert_int_equal(make_run(&making), MAKE_DONE);
	assert_int_equal(making.made.size, 4096);
	assert_int_equal(making.made.mode, 0640);
	assert_int_not_equal(making.made.cpid, getpid());
	assert_int_equal(kill(making.made.cpid, 0), -1);
	assert_true(is_blocked(SIGINT) && is_blocked(SIGTERM));
	make_end(&making);
	assert_false(is_blocked(SIGINT) || is_blocked(SIGTERM));
	assert_int_equal(count(), 1);
	make_undo(&making);
	assert_int_equal(count(), 0);
	make_undo(&making);
}

static void expect_refusal(struct making *making, int error)
{
	assert_int_equal(make_run(making), MAKE_REFUSED);
	assert_int_equal(making->error, error);
	assert_int_equal(making->made.id, -1);
	make_end(making);
	assert_false(is_blocked(SIGINT));
	assert_int_equal(count(), 0);
}

static void where_there_can_be_no_child_nothing_is_made(void **state)
{
	struct making making = wanted();

	(void)state;
	fork_error = EAGAIN;
	expect_refusal(&making, EAGAIN);
	making = wanted();
	pipe_error = EMFILE;
	expect_refusal(&making, EMFILE);
}

static void what_cannot_be_looked_at_is_not_kept(void **state)
{
	struct making making = wanted();

	(void)state;
	look_error = EACCES;
	expect_refusal(&making, EACCES);
}

static void what_the_kernel_refuses_is_passed_on(void **state)
{
	struct making making = wanted();

	(void)state;
	making.wanted.request.size = 0;
	expect_refusal(&making, EINVAL);
}

static void a_signal_that_was_blocked_before_is_not_heard(void **state)
{
	struct making making = wanted();
	sigset_t term;
	int got;

	(void)state;
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
	raise(SIGTERM);
	/* cppcheck-suppress unreachableCode ; the signal is blocked */
	assert_int_equal(make_run(&making), MAKE_DONE);
	make_end(&making);
	make_undo(&making);
	assert_int_equal(sigwait(&term, &got), 0);
	assert_int_equal(got, SIGTERM);
	sigprocmask(SIG_UNBLOCK, &term, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_made_it_has_ended_and_signals_wait),
		cmocka_unit_test(where_there_can_be_no_child_nothing_is_made),
		cmocka_unit_test(what_cannot_be_looked_at_is_not_kept),
		cmocka_unit_test(what_the_kernel_refuses_is_passed_on),
		cmocka_unit_test(a_signal_that_was_blocked_before_is_not_heard),
	};

	/* A shell has its background ignore it. */
	signal(SIGINT, SIG_DFL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

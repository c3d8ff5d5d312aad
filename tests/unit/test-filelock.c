/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Locks of files, on the real kernel, but for interruptions that must come in time. */
#include "unit.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/deadline.h"
#include "lib/filelock.h"

enum { MILLISECOND = 1000 * 1000 };

static struct {
	int interruptions; /* of calls that wait */
	int error;	   /* of them, if not 0 */
	int timer_error;
	bool planted; /* a file, just before one is made */
	long late;    /* milliseconds from the decision to wait until the call */
	int waits;    /* calls that waited */
} fault;

int __real_flock(int fd, int operation);
int __wrap_flock(int fd, int operation);
int __real_timer_create(clockid_t clock, struct sigevent *event, timer_t *timer);
int __wrap_timer_create(clockid_t clock, struct sigevent *event, timer_t *timer);

static void rest(long milliseconds)
{
	struct timespec left = {milliseconds / 1000, milliseconds % 1000 * MILLISECOND};

	while (nanosleep(&left, &left) && errno == EINTR)
		;
}

int __wrap_flock(int fd, int operation)
{
	const bool waits = !(operation & LOCK_NB) && operation != LOCK_UN;

	if (!waits)
		return __real_flock(fd, operation);
	fault.waits++;
	if (fault.late)
		rest(fault.late);
	if (fault.interruptions-- > 0 || fault.error) {
		errno = fault.error ? fault.error : EINTR;
		return -1;
	}
	return __real_flock(fd, operation);
}

int __wrap_timer_create(clockid_t clock, struct sigevent *event, timer_t *timer)
{
	if (fault.timer_error) {
		errno = fault.timer_error;
		return -1;
	}
	return __real_timer_create(clock, event, timer);
}

/* Each test is in an empty directory, and ends within 20 seconds, or by SIGALRM. */
static char place[] = "/tmp/shmtool-filelock.XXXXXX";

static int enter(void **state)
{
	(void)state;
	memset(&fault, 0, sizeof(fault));
	strcpy(strrchr(place, '.'), ".XXXXXX");
	alarm(20);
	return mkdtemp(place) && chdir(place) == 0 ? 0 : -1;
}

static int leave(void **state)
{
	(void)state;
	alarm(0);
	unlink("lock");
	unlink("other");
	return chdir("/") || rmdir(place);
}

/* The name that open(2) has depends on the C library. */
int __wrap_open(const char *path, int flags, ...);
int __wrap_open64(const char *path, int flags, ...);

static int open_wrapped(const char *path, int flags)
{
	int fd;

	if (fault.planted && flags & O_CREAT) {
		fault.planted = false;
		fd = openat(AT_FDCWD, path, O_CREAT | O_WRONLY, 0600);
		assert_int_equal(write(fd, "123", 3), 3);
		close(fd);
	}
	return openat(AT_FDCWD, path, flags, 0666);
}

int __wrap_open(const char *path, int flags, ...)
{
	return open_wrapped(path, flags);
}

int __wrap_open64(const char *path, int flags, ...)
{
	return open_wrapped(path, flags);
}

static struct deadline deadline_in(long milliseconds)
{
	struct deadline deadline = deadline_after(milliseconds / 1000);

	deadline.at.tv_nsec += milliseconds % 1000 * MILLISECOND;
	if (deadline.at.tv_nsec >= 1000 * MILLISECOND) {
		deadline.at.tv_nsec -= 1000 * MILLISECOND;
		deadline.at.tv_sec++;
	}
	return deadline;
}

static int64_t milliseconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / MILLISECOND;
}

/* Another's descriptor, that holds the lock. */
static int hold(int operation)
{
	int fd = open("lock", O_RDWR | O_CREAT, 0600);

	assert_true(fd >= 0);
	assert_int_equal(__real_flock(fd, operation), 0);
	return fd;
}

/* Another process that holds the lock for so long, and may remove the file then. */
static pid_t hold_for(long milliseconds, bool removes)
{
	int fd = hold(LOCK_EX);
	pid_t child = fork();

	if (child == 0) {
		rest(milliseconds);
		if (removes)
			unlink("lock");
		_exit(0);
	}
	assert_true(child > 0);
	close(fd);
	return child;
}

static void expect_take(int fd, bool exclusive, long milliseconds, int error)
{
	const struct deadline deadline = deadline_in(milliseconds);
	const int result = filelock_take(fd, exclusive, &deadline);

	if (error)
		assert_int_equal(errno, error);
	assert_int_equal(result, error ? -1 : 0);
}

static void a_file_is_made_empty_and_what_is_there_stays_as_it_is(void **state)
{
	const mode_t mask = umask(027);
	int fd = filelock_open("lock");
	struct stat stat;

	(void)state;
	umask(mask);
	assert_true(fd >= 0);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	assert_int_equal(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDWR);
	assert_int_equal(write(fd, "123", 3), 3);
	close(fd);
	fd = filelock_open("lock");
	assert_int_equal(fstat(fd, &stat), 0);
	assert_int_equal(stat.st_mode & 07777, 0640);
	assert_int_equal(stat.st_size, 3);
	close(fd);
}

static void a_file_that_comes_meanwhile_is_taken_as_one_that_was_there(void **state)
{
	struct stat stat;
	int fd;

	(void)state;
	fault.planted = true;
	fd = filelock_open("lock");
	assert_false(fault.planted);
	assert_int_equal(fstat(fd, &stat), 0);
	assert_int_equal(stat.st_size, 3);
	close(fd);
}

static void a_directory_can_be_locked(void **state)
{
	int fd = filelock_open("."), other = filelock_open(".");

	(void)state;
	assert_true(fd >= 0);
	expect_take(fd, true, 0, 0);
	expect_take(other, true, 0, EAGAIN);
	close(fd);
	close(other);
}

static void a_link_is_not_followed_and_makes_nothing(void **state)
{
	(void)state;
	assert_int_equal(symlink("other", "lock"), 0);
	assert_int_equal(filelock_open("lock"), -1);
	assert_int_equal(errno, ELOOP);
	assert_int_equal(access("other", F_OK), -1);
	close(open("other", O_CREAT | O_WRONLY, 0600));
	assert_int_equal(filelock_open("lock"), -1);
	assert_int_equal(errno, ELOOP);
}

static void a_fifo_does_not_make_it_wait(void **state)
{
	int fd;

	(void)state;
	assert_int_equal(mkfifo("lock", 0600), 0);
	fd = filelock_open("lock");
	assert_true(fd >= 0);
	close(fd);
}

static void what_cannot_be_made_is_an_error(void **state)
{
	(void)state;
	assert_int_equal(filelock_open("absent/lock"), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(filelock_open("/proc/self/fd/lock"), -1);
	assert_int_not_equal(errno, 0);
}

static void readers_share_it_and_a_writer_is_alone(void **state)
{
	int a = filelock_open("lock"), b = filelock_open("lock");

	(void)state;
	expect_take(a, false, 0, 0);
	expect_take(b, false, 0, 0);
	filelock_give(b);
	expect_take(b, true, 0, EAGAIN);
	filelock_give(a);
	expect_take(b, true, 0, 0);
	expect_take(a, false, 0, EAGAIN);
	assert_int_equal(fault.waits, 0);
	close(a);
	close(b);
}

static void the_deadline_ends_the_wait(void **state)
{
	const int64_t begun = milliseconds_now();
	int other = hold(LOCK_SH), fd = filelock_open("lock");

	(void)state;
	expect_take(fd, true, 150, EAGAIN);
	assert_in_range(milliseconds_now() - begun, 150, 5000);
	close(other);
	close(fd);
}

static void a_signal_before_the_call_is_made_up_for_by_the_next(void **state)
{
	int other = hold(LOCK_EX), fd = filelock_open("lock");

	(void)state;
	fault.late = 150;
	expect_take(fd, true, 50, EAGAIN);
	assert_int_equal(fault.waits, 1);
	close(other);
	close(fd);
}

static void it_is_had_when_another_gives_it_back_or_is_killed(void **state)
{
	pid_t child = hold_for(100, false);
	int fd = filelock_open("lock");

	(void)state;
	expect_take(fd, true, 10000, 0);
	assert_int_equal(waitpid(child, NULL, 0), child);
	filelock_give(fd);
	child = hold_for(20000, false);
	kill(child, SIGKILL);
	expect_take(fd, true, 10000, 0);
	assert_int_equal(waitpid(child, NULL, 0), child);
	close(fd);
}

static void an_interruption_before_the_deadline_does_not_end_the_wait(void **state)
{
	pid_t child = hold_for(50, false);
	int fd = filelock_open("lock");

	(void)state;
	fault.interruptions = 3;
	expect_take(fd, true, 10000, 0);
	assert_int_equal(fault.waits, 4);
	assert_int_equal(waitpid(child, NULL, 0), child);
	close(fd);
}

static void without_a_deadline_it_waits_through_interruptions(void **state)
{
	const struct deadline never = deadline_after(INT64_MAX);
	pid_t child = hold_for(50, false);
	int fd = filelock_open("lock");

	(void)state;
	fault.interruptions = 3;
	fault.timer_error = EAGAIN; /* it takes no timer */
	assert_int_equal(filelock_take(fd, false, &never), 0);
	assert_int_equal(fault.waits, 4);
	assert_int_equal(waitpid(child, NULL, 0), child);
	close(fd);
}

static void other_errors_end_it(void **state)
{
	int other = hold(LOCK_EX), fd = filelock_open("lock");

	(void)state;
	fault.error = ENOLCK;
	expect_take(fd, true, 10000, ENOLCK);
	fault.timer_error = EAGAIN; /* which is not the end of the wait */
	expect_take(fd, true, 10000, ENOMEM);
	expect_take(-1, true, 0, EBADF);
	close(other);
	close(fd);
}

static void signals_are_as_they_were(void **state)
{
	const struct sigaction by_default = {.sa_handler = SIG_DFL};
	int other = hold(LOCK_EX), fd = filelock_open("lock");
	struct sigaction action;
	sigset_t blocked, now;

	(void)state;
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGRTMIN);
	sigprocmask(SIG_BLOCK, &blocked, NULL);
	sigaction(SIGRTMIN, &by_default, NULL);
	expect_take(fd, true, 50, EAGAIN);
	sigprocmask(SIG_BLOCK, NULL, &now);
	assert_true(sigismember(&now, SIGRTMIN));
	sigpending(&now);
	assert_false(sigismember(&now, SIGRTMIN));
	sigaction(SIGRTMIN, NULL, &action);
	assert_true(action.sa_handler == SIG_DFL);
	sigprocmask(SIG_UNBLOCK, &blocked, NULL);
	rest(50);
	close(other);
	close(fd);
}

static void a_file_that_was_removed_meanwhile_protects_nothing(void **state)
{
	pid_t child = hold_for(50, true);
	int fd = filelock_open("lock"), other;

	(void)state;
	other = open("lock", O_RDWR);
	expect_take(fd, true, 10000, ESTALE);
	assert_int_equal(__real_flock(other, LOCK_EX | LOCK_NB), 0);
	assert_int_equal(waitpid(child, NULL, 0), child);
	close(other);
	close(fd);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_file_is_made_empty_and_what_is_there_stays_as_it_is),
		TEST(a_file_that_comes_meanwhile_is_taken_as_one_that_was_there),
		TEST(a_directory_can_be_locked),
		TEST(a_link_is_not_followed_and_makes_nothing),
		TEST(a_fifo_does_not_make_it_wait),
		TEST(what_cannot_be_made_is_an_error),
		TEST(readers_share_it_and_a_writer_is_alone),
		TEST(the_deadline_ends_the_wait),
		TEST(a_signal_before_the_call_is_made_up_for_by_the_next),
		TEST(it_is_had_when_another_gives_it_back_or_is_killed),
		TEST(an_interruption_before_the_deadline_does_not_end_the_wait),
		TEST(without_a_deadline_it_waits_through_interruptions),
		TEST(other_errors_end_it),
		TEST(signals_are_as_they_were),
		TEST(a_file_that_was_removed_meanwhile_protects_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

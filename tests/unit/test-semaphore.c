/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Semaphores on the real kernel, but for errors that must come in time. */
#include "unit.h"

#include <signal.h>
#include <sys/sem.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/deadline.h"
#include "lib/semaphore.h"

static struct {
	int errors[4]; /* of the next calls; 0: the real one */
	int calls;
	struct timespec timeout[4]; /* tv_nsec -1: none */
} fault;

int __real_semtimedop(int id, struct sembuf *operations, size_t count,
		      const struct timespec *timeout);
int __wrap_semtimedop(int id, struct sembuf *operations, size_t count,
		      const struct timespec *timeout);

int __wrap_semtimedop(int id, struct sembuf *operations, size_t count,
		      const struct timespec *timeout)
{
	const int call = fault.calls++;

	assert_int_equal(operations->sem_flg, SEM_UNDO);
	if (call < (int)COUNT(fault.errors)) {
		fault.timeout[call] = timeout ? *timeout : (struct timespec){0, -1};
		errno = fault.errors[call];
		if (errno)
			return -1;
	}
	return __real_semtimedop(id, operations, count, timeout);
}

static const struct deadline never = {.never = true};

/* A set of two, the first of them free. A test ends within 20 seconds, or by SIGALRM. */
static int make(void **state)
{
	static int id;

	memset(&fault, 0, sizeof(fault));
	id = semget(0x1b207, 2, IPC_CREAT | IPC_EXCL | 0600);
	*state = &id;
	alarm(20);
	return id < 0 ? -1 : semctl(id, 0, SETVAL, 1);
}

static int drop(void **state)
{
	alarm(0);
	semctl(*(int *)*state, 0, IPC_RMID);
	return 0;
}

static struct semaphore first(void **state)
{
	return (struct semaphore){.id = *(int *)*state};
}

static void rest(long milliseconds)
{
	struct timespec left = {.tv_nsec = milliseconds * 1000000};

	while (nanosleep(&left, &left) && errno == EINTR)
		;
}

/* Until so many wait for it. */
static void await_waiters(const struct semaphore *semaphore, int waiters)
{
	while (semctl(semaphore->id, semaphore->number, GETNCNT) != waiters)
		rest(1);
}

/* A process that takes it, and ends with the errno; or, with it, waits for a signal. */
static pid_t take_in_child(const struct semaphore *semaphore, bool then_waits)
{
	pid_t child = fork();

	if (child == 0) {
		alarm(20);
		if (semaphore_take(semaphore, &never))
			_exit(errno);
		if (then_waits)
			for (;;)
				pause();
		_exit(0);
	}
	assert_true(child > 0);
	return child;
}

static int end_of(pid_t child)
{
	int status;

	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void a_name_is_an_id_or_a_key_and_a_number(void **state)
{
	static const struct {
		const char *text;
		int error;
		struct semaphore_name name;
		const char *shown;
	} table[] = {
		{"3", 0, {.id = 3}, "semaphore 3:0"},
		{"0:1", 0, {.id = 0, .number = 1}, "semaphore 0:1"},
		{"2147483647:65535",
		 0,
		 {.id = INT32_MAX, .number = 65535},
		 "semaphore 2147483647:65535"},
		{"0x1B207",
		 0,
		 {.by_key = true, .key = 0x1b207},
		 "semaphore 0x0001b207:0"},
		{"0Xffffffff:2",
		 0,
		 {.by_key = true, .key = UINT32_MAX, .number = 2},
		 "semaphore 0xffffffff:2"},
		{"2147483648", ERANGE, {0}, NULL},
		{"0x100000000", ERANGE, {0}, NULL},
		{"3:65536", ERANGE, {0}, NULL},
		{"", EINVAL, {0}, NULL},
		{":", EINVAL, {0}, NULL},
		{":1", EINVAL, {0}, NULL},
		{"3:", EINVAL, {0}, NULL},
		{"3:1:2", EINVAL, {0}, NULL},
		{"3:-1", EINVAL, {0}, NULL},
		{"3:01", EINVAL, {0}, NULL},
		{"3:0x1", EINVAL, {0}, NULL},
		{"3: 1", EINVAL, {0}, NULL},
		{" 3", EINVAL, {0}, NULL},
		{"-3", EINVAL, {0}, NULL},
		{"03", EINVAL, {0}, NULL},
		{"1b207", EINVAL, {0}, NULL},
		{"0x0", EINVAL, {0}, NULL},
		{"0x", EINVAL, {0}, NULL},
		{"0x:1", EINVAL, {0}, NULL},
		{"0x1 :1", EINVAL, {0}, NULL},
		{"0x00000000000000000000000000000001", EINVAL, {0}, NULL},
	};
	char text[SEMAPHORE_ROOM];

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct semaphore_name name = {.key = 7};

		errno = 0;
		assert_int_equal(semaphore_parse(table[i].text, &name),
				 table[i].error ? -1 : 0);
		assert_int_equal(errno, table[i].error);
		if (table[i].error) {
			assert_int_equal(name.key, 7);
			assert_false(name.is_given);
			continue;
		}
		assert_true(name.is_given);
		assert_int_equal(name.by_key, table[i].name.by_key);
		assert_int_equal(name.id, table[i].name.id);
		assert_int_equal(name.key, table[i].name.key);
		assert_int_equal(name.number, table[i].name.number);
		semaphore_text(&name, text);
		assert_string_equal(text, table[i].shown);
	}
}

static void it_is_found_by_its_key(void **state)
{
	struct semaphore_name name = {.by_key = true, .key = 0x1b207, .number = 1};
	struct semaphore semaphore;

	assert_int_equal(semaphore_find(&name, &semaphore), 0);
	assert_int_equal(semaphore.id, *(int *)*state);
	assert_int_equal(semaphore.number, 1);
	name.key++;
	assert_int_equal(semaphore_find(&name, &semaphore), -1);
	assert_int_equal(errno, ENOENT);
	name = (struct semaphore_name){.id = 12345};
	assert_int_equal(semaphore_find(&name, &semaphore), 0);
	assert_int_equal(semaphore.id, 12345);
}

static void it_is_taken_and_given_back(void **state)
{
	const struct semaphore semaphore = first(state);
	const struct deadline now = deadline_after(0);

	assert_int_equal(semaphore_take(&semaphore, &now), 0);
	assert_int_equal(semctl(semaphore.id, 0, GETVAL), 0);
	assert_int_equal(semaphore_take(&semaphore, &now), -1);
	assert_int_equal(errno, EAGAIN);
	assert_int_equal(semaphore_give(&semaphore), 0);
	assert_int_equal(semctl(semaphore.id, 0, GETVAL), 1);
	assert_int_equal(fault.timeout[0].tv_sec, 0);
	assert_int_equal(fault.timeout[0].tv_nsec, 0);
}

static void the_deadline_ends_the_wait(void **state)
{
	const struct semaphore semaphore = {.id = *(int *)*state, .number = 1};
	struct timespec left;
	struct deadline deadline = deadline_after(0);

	deadline.at.tv_sec += deadline.at.tv_nsec >= 850000000;
	deadline.at.tv_nsec = (deadline.at.tv_nsec + 150000000) % 1000000000;
	assert_int_equal(semaphore_take(&semaphore, &deadline), -1);
	assert_int_equal(errno, EAGAIN);
	assert_false(deadline_left(&deadline, &left));
}

static void who_is_killed_gives_it_back(void **state)
{
	const struct semaphore semaphore = first(state);
	pid_t child = take_in_child(&semaphore, true);

	while (semctl(semaphore.id, 0, GETVAL) != 0)
		rest(1);
	kill(child, SIGKILL);
	assert_int_equal(semaphore_take(&semaphore, &never), 0);
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_int_equal(semaphore_give(&semaphore), 0);
	assert_int_equal(semctl(semaphore.id, 0, GETVAL), 1);
}

static void a_child_has_no_part_in_it(void **state)
{
	const struct semaphore semaphore = first(state);
	pid_t child;

	assert_int_equal(semaphore_take(&semaphore, &never), 0);
	child = fork();
	if (child == 0)
		_exit(0);
	assert_int_equal(end_of(child), 0);
	assert_int_equal(semctl(semaphore.id, 0, GETVAL), 0);
}

static void what_is_not_there_is_absent(void **state)
{
	struct semaphore semaphore = {.id = *(int *)*state, .number = 2};

	assert_int_equal(semaphore_take(&semaphore, &never), -1);
	assert_int_equal(errno, EFBIG);
	semaphore.id = 32767;
	assert_int_equal(semaphore_take(&semaphore, &never), -1);
	assert_int_equal(errno, ENOENT);
}

static void a_set_of_others_is_refused(void **state)
{
	const struct semaphore semaphore = first(state);
	pid_t child = fork();

	if (child == 0) {
		if (setgid(60001) || setuid(60001))
			_exit(0);
		_exit(semaphore_take(&semaphore, &never) ? errno : 0);
	}
	if (geteuid() != 0) {
		end_of(child);
		skip();
	}
	switch (end_of(child)) {
	case 0:
		skip(); /* there are no other users in this namespace */
	case EACCES:
		return;
	default:
		fail();
	}
}

static void a_set_that_is_removed_while_waited_for_is_told_apart(void **state)
{
	const struct semaphore semaphore = {.id = *(int *)*state, .number = 1};
	pid_t child = take_in_child(&semaphore, false);

	await_waiters(&semaphore, 1);
	assert_int_equal(semctl(semaphore.id, 0, IPC_RMID), 0);
	assert_int_equal(end_of(child), EIDRM);
}

static void so_it_is_if_the_wait_was_interrupted_at_that_time(void **state)
{
	const struct semaphore semaphore = first(state);

	fault.errors[0] = EINTR;
	fault.errors[1] = EINVAL;
	assert_int_equal(semaphore_take(&semaphore, &never), -1);
	assert_int_equal(errno, EIDRM);
	assert_int_equal(fault.timeout[0].tv_nsec, -1);
	fault.calls = 0;
	fault.errors[0] = EIDRM;
	assert_int_equal(semaphore_take(&semaphore, &never), -1);
	assert_int_equal(errno, EIDRM);
}

static void a_set_that_is_removed_while_held_is_absent(void **state)
{
	const struct semaphore semaphore = first(state);

	assert_int_equal(semaphore_take(&semaphore, &never), 0);
	assert_int_equal(semctl(semaphore.id, 0, IPC_RMID), 0);
	assert_int_equal(semaphore_give(&semaphore), -1);
	assert_int_equal(errno, ENOENT);
	fault.calls = 0;
	fault.errors[0] = EIDRM;
	assert_int_equal(semaphore_give(&semaphore), -1);
	assert_int_equal(errno, ENOENT);
}

static void an_interruption_leaves_the_rest_of_the_time(void **state)
{
	const struct semaphore semaphore = first(state);
	const struct deadline deadline = deadline_after(10);

	rest(20);
	fault.errors[0] = fault.errors[1] = EINTR;
	assert_int_equal(semaphore_take(&semaphore, &deadline), 0);
	assert_int_equal(fault.calls, 3);
	assert_int_equal(fault.timeout[0].tv_sec, 9);
	assert_true(fault.timeout[0].tv_nsec <= 980000000);
	assert_true(fault.timeout[2].tv_nsec < fault.timeout[0].tv_nsec);
	fault.calls = 0;
	fault.errors[2] = EAGAIN;
	assert_int_equal(semaphore_take(&semaphore, &deadline), -1);
	assert_int_equal(errno, EAGAIN);
}

static void who_is_stopped_and_goes_on_waits_on(void **state)
{
	const struct semaphore semaphore = {.id = *(int *)*state, .number = 1};
	pid_t child = take_in_child(&semaphore, false);
	int status;

	await_waiters(&semaphore, 1);
	kill(child, SIGSTOP);
	assert_int_equal(waitpid(child, &status, WUNTRACED), child);
	assert_true(WIFSTOPPED(status));
	kill(child, SIGCONT);
	rest(50);
	await_waiters(&semaphore, 1);
	assert_int_equal(semctl(semaphore.id, 1, SETVAL, 1), 0);
	assert_int_equal(end_of(child), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_name_is_an_id_or_a_key_and_a_number),
		TEST(it_is_found_by_its_key),
		TEST(it_is_taken_and_given_back),
		TEST(the_deadline_ends_the_wait),
		TEST(who_is_killed_gives_it_back),
		TEST(a_child_has_no_part_in_it),
		TEST(what_is_not_there_is_absent),
		TEST(a_set_of_others_is_refused),
		TEST(a_set_that_is_removed_while_waited_for_is_told_apart),
		TEST(so_it_is_if_the_wait_was_interrupted_at_that_time),
		TEST(a_set_that_is_removed_while_held_is_absent),
		TEST(an_interruption_leaves_the_rest_of_the_time),
		TEST(who_is_stopped_and_goes_on_waits_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /proc/PID/stat as text, and real processes: living, dead, zombies, and threads. */
#include "unit.h"

#include <grp.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/moment.h"
#include "lib/process.h"

/* pidfd_open() as sandboxes see it, while the variable is set. */
static int refuse_pidfd_open;

long __real_syscall(long number, long a, long b);
long __wrap_syscall(long number, long a, long b);

long __wrap_syscall(long number, long a, long b)
{
	if (number == SYS_pidfd_open && refuse_pidfd_open) {
		errno = refuse_pidfd_open;
		return -1;
	}
	return __real_syscall(number, a, b);
}

/* What is read instead of what there is; an error, if there is no text. */
static const char *text_read;
static int read_error;

ssize_t __real_read(int fd, void *buffer, size_t size);
ssize_t __wrap_read(int fd, void *buffer, size_t size);

ssize_t __wrap_read(int fd, void *buffer, size_t size)
{
	if (read_error) {
		errno = read_error;
		return -1;
	}
	if (text_read)
		return snprintf(buffer, size, "%s", text_read);
	return __real_read(fd, buffer, size);
}

static const char stat_line[] = "2259 (a (b) c) Z 2257 2249 1099 0 -1 4227148 56 0 1 0 0 "
				"0 0 0 20 0 2 0 75589 0 0 "
				"18446744073709551615 0 0 0\n";

static void the_stat_line_gives_command_state_threads_and_start(void **state)
{
	struct process_stat stat;

	(void)state;
	assert_int_equal(process_parse_stat(stat_line, &stat), 0);
	assert_string_equal(stat.command, "a (b) c");
	assert_int_equal(stat.state, 'Z');
	assert_int_equal(stat.threads, 2);
	assert_int_equal(stat.start_ticks, 75589);
}

static void a_command_may_hold_anything(void **state)
{
	struct process_stat stat;

	(void)state;
	assert_int_equal(
		process_parse_stat("1 () R 1) S 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1 0 9 "
				   "0\n",
				   &stat),
		0);
	assert_string_equal(stat.command, ") R 1");
	assert_int_equal(stat.state, 'S');
	assert_int_equal(
		process_parse_stat("1 (x\ny \x1b[31m\xff) S 0 0 0 0 0 0 0 0 0 0 0 0 0 0 "
				   "0 0 1 0 9 0\n",
				   &stat),
		0);
	assert_string_equal(stat.command, "x\ny \x1b[31m\xff");
}

static void a_broken_stat_line_is_refused(void **state)
{
	static const char too_long_a_name[] =
		"1 (0123456789012345678901234567890123456789012345678901234567890123456789) "
		"S 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1 0 9 0";
	static const char *const bad[] = {
		"",
		"2259",
		"2259 (a",
		"2259 a) S",
		"2259 )a( S 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1 0 9 0",
		"2259 (a)",
		"2259 (a) ",
		"2259 (a) S",
		"2259 (a)  0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1 0 9 0",
		"2259 (a)S 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1 0 9 0",
		"2259 (a) S 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1 0",
		"2259 (a) S 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 x 0 9 0",
		"2259 (a) S 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1 0 -9 0",
		too_long_a_name,
	};
	struct process_stat stat;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		if (process_parse_stat(bad[i], &stat) != -1 || errno != EBADMSG)
			fail_msg("taken: %s", bad[i]);
}

static void init(struct processes *processes)
{
	const struct moment moment = moment_present();

	processes_init(processes, &moment);
}

/* What is found of a PID without what was remembered of it. */
static struct process look(pid_t pid)
{
	struct processes processes;
	struct process found;

	init(&processes);
	found = *processes_find(&processes, pid, INT64_MAX);
	processes_release(&processes);
	return found;
}

static void the_caller_exists_and_has_just_started(void **state)
{
	struct process self = look(getpid());
	int64_t now = moment_present().now;

	(void)state;
	assert_true(self.exists);
	assert_in_range(now - self.started + 1, 0, 62);
	assert_string_equal(self.command, "test-process");
}

static pid_t start_child(void (*part)(void))
{
	pid_t pid = fork();

	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		part();
		_exit(0);
	}
	return pid;
}

static void stay(void)
{
	for (;;)
		pause();
}

static void leave(void)
{
}

static void await_zombie(pid_t pid)
{
	assert_int_equal(waitid(P_PID, (id_t)pid, &(siginfo_t){0}, WEXITED | WNOWAIT), 0);
}

static void a_zombie_is_gone_before_its_parent_asks(void **state)
{
	pid_t pid = start_child(leave);

	(void)state;
	await_zombie(pid);
	assert_int_equal(kill(pid, 0), 0);
	assert_false(look(pid).exists);
	waitpid(pid, NULL, 0);
}

static void a_reaped_process_is_gone(void **state)
{
	pid_t pid = start_child(leave);

	(void)state;
	waitpid(pid, NULL, 0);
	assert_false(look(pid).exists);
}

static void *stay_in_thread(void *unused)
{
	stay();
	return unused;
}

static void go_on_in_thread(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, stay_in_thread, NULL);
	pthread_exit(NULL);
}

static void a_process_whose_first_thread_has_ended_still_runs(void **state)
{
	pid_t pid = start_child(go_on_in_thread);
	char path[64], text[512];
	struct process_stat stat = {0};
	FILE *file;

	(void)state;
	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	for (int i = 0; i < 500 && stat.state != 'Z'; i++) {
		usleep(10000);
		file = fopen(path, "r");
		assert_non_null(file);
		assert_non_null(fgets(text, sizeof(text), file));
		fclose(file);
		assert_int_equal(process_parse_stat(text, &stat), 0);
	}
	assert_int_equal(stat.state, 'Z');
	assert_true(look(pid).exists);
	refuse_pidfd_open = EPERM;
	assert_true(look(pid).exists);
	refuse_pidfd_open = 0;

	kill(pid, SIGKILL);
	await_zombie(pid);
	assert_false(look(pid).exists);
	waitpid(pid, NULL, 0);
}

static pid_t thread_id;

static void *tell_thread_id(void *unused)
{
	__atomic_store_n(&thread_id, gettid(), __ATOMIC_SEQ_CST);
	stay();
	return unused;
}

static void a_pid_that_is_now_a_thread_of_another_process_is_gone(void **state)
{
	pthread_t thread;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, tell_thread_id, NULL), 0);
	while (!__atomic_load_n(&thread_id, __ATOMIC_SEQ_CST))
		usleep(1000);
	assert_int_equal(kill(thread_id, 0), 0);
	assert_false(look(thread_id).exists);
}

static void where_pidfd_open_is_refused_the_same_is_found(void **state)
{
	static const int refusals[] = {EPERM, ENOSYS, EMFILE};
	pid_t living = start_child(stay), zombie = start_child(leave),
	      dead = start_child(leave);

	(void)state;
	await_zombie(zombie);
	waitpid(dead, NULL, 0);
	for (size_t i = 0; i < COUNT(refusals); i++) {
		refuse_pidfd_open = refusals[i];
		assert_true(look(living).exists);
		assert_false(look(zombie).exists);
		assert_false(look(dead).exists);
		assert_true(look(1).exists);
	}
	refuse_pidfd_open = 0;
	kill(living, SIGKILL);
	waitpid(living, NULL, 0);
	waitpid(zombie, NULL, 0);
}

static void without_proc_of_our_own_there_is_life_but_no_detail(void **state)
{
	static struct processes processes;
	const struct process *self;

	(void)state;
	init(&processes);
	assert_true(processes.trust_proc);
	processes.trust_proc = false;
	self = processes_find(&processes, getpid(), INT64_MAX);
	assert_true(self->exists);
	assert_true(self->started == PROCESS_STARTED_UNKNOWN);
	assert_string_equal(self->command, "");
}

static void where_pidfd_open_fails_in_a_sandboxs_own_way_nobody_is_gone(void **state)
{
	(void)state;
	/* As it fails for a thread, which is proof, where it works at all. */
	refuse_pidfd_open = EINVAL;
	assert_true(look(getpid()).exists);
	refuse_pidfd_open = ENOENT;
	assert_true(look(getpid()).exists);
	refuse_pidfd_open = ESRCH;
	assert_true(look(getpid()).exists);
	refuse_pidfd_open = 0;
}

static void that_a_pid_is_not_in_use_is_remembered_for_the_past_alone(void **state)
{
	static struct processes processes;
	(void)state;
	init(&processes);
	assert_true(processes_find(&processes, getpid(), INT64_MAX)->exists);
	/* As if it had been given out only since. */
	for (size_t i = 0; i < processes.room; i++)
		processes.table[i].exists = false;
	assert_false(processes_find(&processes, getpid(), processes.now - 2)->exists);
	assert_true(processes_find(&processes, getpid(), processes.now - 1)->exists);
	processes_release(&processes);
}

static void a_start_in_the_future_is_unknown(void **state)
{
	static struct processes processes;

	(void)state;
	init(&processes);
	processes.now = processes.boot;
	assert_true(processes_find(&processes, getpid(), INT64_MAX)->started ==
		    PROCESS_STARTED_UNKNOWN);
	assert_true(processes_find(&processes, getpid(), INT64_MAX)->exists);
}

/* When it has started, of whom the stat file says so many clock ticks. */
static int64_t start_after(struct processes *processes, long ticks)
{
	char text[128];
	int64_t started;

	snprintf(text, sizeof(text),
		 "7 (x) S 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1 0 %ld 0\n", ticks);
	processes_release(processes);
	text_read = text;
	started = processes_find(processes, getpid(), INT64_MAX)->started;
	text_read = NULL;
	return started;
}

static void a_start_is_two_ticks_earlier_and_rounded_down(void **state)
{
	static struct processes processes;
	const long hz = sysconf(_SC_CLK_TCK);

	(void)state;
	init(&processes);
	processes.boot = 1000;
	processes.boot_nsec = 0;
	assert_int_equal(start_after(&processes, 5 * hz), 1004);
	assert_int_equal(start_after(&processes, 5 * hz + 1), 1004);
	assert_int_equal(start_after(&processes, 5 * hz + 2), 1005);
	assert_int_equal(start_after(&processes, 6 * hz - 1), 1005);
	processes.boot_nsec = 999999999;
	assert_int_equal(start_after(&processes, 5 * hz + 2), 1005);
	assert_int_equal(start_after(&processes, 5 * hz + 3), 1006);
}

static void one_that_ends_before_its_file_is_read_has_no_detail(void **state)
{
	struct process process;

	(void)state;
	read_error = ESRCH;
	process = look(getpid());
	read_error = 0;
	assert_true(process.exists);
	assert_true(process.started == PROCESS_STARTED_UNKNOWN);
	assert_string_equal(process.command, "");
}

static void a_process_in_700_groups_knows_its_namespace(void **state)
{
	static struct processes processes;
	gid_t groups[700];

	(void)state;
	for (size_t i = 0; i < COUNT(groups); i++)
		groups[i] = (gid_t)(1000000 + i);
	/* Only root has a list as long as that; without it the line is where it was. */
	(void)!setgroups(geteuid() ? 0 : COUNT(groups), groups);
	init(&processes);
	assert_true(processes.trust_proc);
}

static void of_40000_pids_each_is_remembered_for_itself(void **state)
{
	enum { COUNT_OF_PIDS = 40000, STRIDE = 1024 };
	static struct processes processes;
	static pid_t pids[COUNT_OF_PIDS];

	(void)state;
	init(&processes);
	/* Such a stride had all of them meet in a table of so many. No PID is that large. */
	for (int i = 0; i < COUNT_OF_PIDS; i++)
		pids[i] = INT_MAX - i * STRIDE;
	processes_learn(&processes, pids, COUNT_OF_PIDS);
	assert_int_equal(processes.count, COUNT_OF_PIDS);
	for (int i = 0; i < COUNT_OF_PIDS; i++)
		assert_int_equal(processes_find(&processes, INT_MAX - i * STRIDE, 0)->pid,
				 INT_MAX - i * STRIDE);
	assert_int_equal(processes.count, COUNT_OF_PIDS);
	processes_release(&processes);
}

static void many_at_once_are_what_they_are_one_by_one(void **state)
{
	static struct processes processes;
	pid_t gone = start_child(leave), stays = start_child(stay);
	pid_t pids[] = {getpid(), gone, stays, getpid(), 1};

	(void)state;
	waitpid(gone, NULL, 0);
	init(&processes);
	processes_learn(&processes, pids, COUNT(pids));
	assert_int_equal(processes.count, 4);
	assert_string_equal(processes_find(&processes, getpid(), 0)->command,
			    "test-process");
	assert_string_equal(processes_find(&processes, stays, 0)->command,
			    "test-process");
	assert_false(processes_find(&processes, gone, 0)->exists);
	assert_int_equal(processes.unasked, 0);
	kill(stays, SIGKILL);
	waitpid(stays, NULL, 0);
	processes_release(&processes);
}

static void where_no_child_can_be_had_a_process_runs_without_details(void **state)
{
	static struct processes processes;

	(void)state;
	init(&processes);
	processes.patience = 0;
	assert_true(processes_find(&processes, getpid(), INT64_MAX)->exists);
	assert_string_equal(processes_find(&processes, getpid(), INT64_MAX)->command, "");
	assert_int_equal(processes.unasked, 1);
	processes_release(&processes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_stat_line_gives_command_state_threads_and_start),
		cmocka_unit_test(a_command_may_hold_anything),
		cmocka_unit_test(a_broken_stat_line_is_refused),
		cmocka_unit_test(the_caller_exists_and_has_just_started),
		cmocka_unit_test(a_zombie_is_gone_before_its_parent_asks),
		cmocka_unit_test(a_reaped_process_is_gone),
		cmocka_unit_test(a_process_whose_first_thread_has_ended_still_runs),
		cmocka_unit_test(a_pid_that_is_now_a_thread_of_another_process_is_gone),
		cmocka_unit_test(where_pidfd_open_is_refused_the_same_is_found),
		cmocka_unit_test(without_proc_of_our_own_there_is_life_but_no_detail),
		cmocka_unit_test(
			where_pidfd_open_fails_in_a_sandboxs_own_way_nobody_is_gone),
		cmocka_unit_test(
			that_a_pid_is_not_in_use_is_remembered_for_the_past_alone),
		cmocka_unit_test(a_start_in_the_future_is_unknown),
		cmocka_unit_test(a_start_is_two_ticks_earlier_and_rounded_down),
		cmocka_unit_test(one_that_ends_before_its_file_is_read_has_no_detail),
		cmocka_unit_test(a_process_in_700_groups_knows_its_namespace),
		cmocka_unit_test(of_40000_pids_each_is_remembered_for_itself),
		cmocka_unit_test(many_at_once_are_what_they_are_one_by_one),
		cmocka_unit_test(
			where_no_child_can_be_had_a_process_runs_without_details),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

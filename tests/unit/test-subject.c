/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Real processes, by what /proc says of them: this one, and children of it. */
#include "unit.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/mapping.h"
#include "lib/subject.h"

static int proc;

static int set_up(void **state)
{
	(void)state;
	proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return proc < 0;
}

static int tear_down(void **state)
{
	(void)state;
	return close(proc);
}

static void begin(struct subject *subject, pid_t pid)
{
	char name[16];

	snprintf(name, sizeof(name), "%d", (int)pid);
	assert_int_equal(subject_open(subject, proc, name, pid), 0);
}

/* A child that has left the namespaces that flags name, and stays as it is. */
static pid_t start_child(int flags)
{
	const pid_t pid = fork();
	int status;

	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (unshare(flags) == 0)
			raise(SIGSTOP);
		_exit(1);
	}
	assert_int_equal(waitpid(pid, &status, WUNTRACED), pid);
	assert_true(WIFSTOPPED(status));
	return pid;
}

static void end_child(pid_t pid)
{
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void who_is_not_there_is_not_looked_into(void **state)
{
	struct subject subject;

	(void)state;
	assert_int_equal(subject_open(&subject, proc, "0", 0), -1);
	assert_int_equal(errno, ENOENT);
	subject_close(&subject);
}

static void its_namespace_is_ours_or_another(void **state)
{
	const pid_t ours = start_child(0), other = start_child(CLONE_NEWIPC);
	char name[SUBJECT_NAMESPACE];
	struct subject subject;

	(void)state;
	assert_int_equal(subject_own_namespace(proc, name), 0);
	assert_int_equal(strncmp(name, "ipc:[", 5), 0);
	begin(&subject, ours);
	assert_int_equal(subject_is_in(&subject, name), 1);
	subject_close(&subject);
	begin(&subject, other);
	assert_int_equal(subject_is_in(&subject, name), 0);
	subject_close(&subject);
	end_child(ours);
	end_child(other);
}

static void *stay(void *unused)
{
	(void)unused;
	for (;;)
		pause();
	return NULL;
}

static void there_is_another_thread_or_none(void **state)
{
	char name[SUBJECT_NAMESPACE], link[32] = "";
	struct subject subject;
	pthread_t thread;

	(void)state;
	begin(&subject, getpid());
	assert_int_equal(subject_take_other_thread(&subject), -1);
	assert_int_equal(errno, ESRCH);
	assert_int_equal(subject_has_thread_in(&subject, "ipc:[1]"), 0);
	assert_int_equal(pthread_create(&thread, NULL, stay, NULL), 0);
	assert_int_equal(subject_take_other_thread(&subject), 0);
	assert_int_not_equal(subject.thread, subject.directory);
	assert_int_equal(subject_own_namespace(proc, name), 0);
	assert_int_equal(subject_is_in(&subject, name), 1);
	assert_true(readlinkat(subject.files, "exe", link, sizeof(link)) > 0);
	assert_int_equal(faccessat(subject.files, "map_files", F_OK, 0), 0);
	subject_close(&subject);
	assert_int_equal(fcntl(subject.thread, F_GETFD), -1);
	assert_int_equal(fcntl(subject.files, F_GETFD), -1);
	pthread_cancel(thread);
	pthread_join(thread, NULL);
}

static void *go_elsewhere(void *unused)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (unshare(CLONE_NEWIPC) == 0)
		raise(SIGSTOP);
	_exit(1);
	return unused;
}

static void a_thread_elsewhere_is_told_from_the_one_that_is_here(void **state)
{
	const pid_t pid = fork();
	char here[SUBJECT_NAMESPACE], there[SUBJECT_NAMESPACE], path[64] = "";
	struct subject subject;
	pthread_t thread;
	DIR *threads;
	int status;

	(void)state;
	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		pthread_create(&thread, NULL, go_elsewhere, NULL);
		stay(NULL);
	}
	assert_int_equal(waitpid(pid, &status, WUNTRACED), pid);
	assert_true(WIFSTOPPED(status));
	begin(&subject, pid);
	assert_int_equal(subject_own_namespace(proc, here), 0);
	assert_int_equal(subject_is_in(&subject, here), 1);
	assert_int_equal(subject_has_thread_in(&subject, here), 1);
	assert_int_equal(subject_has_thread_in(&subject, "ipc:[1]"), 0);
	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	threads = opendir(path);
	assert_non_null(threads);
	for (struct dirent *entry; (entry = readdir(threads));) {
		ssize_t got;

		snprintf(path, sizeof(path), "%.20s/ns/ipc", entry->d_name);
		got = readlinkat(dirfd(threads), path, there, sizeof(there) - 1);
		there[got > 0 ? got : 0] = '\0';
		if (got > 0)
			assert_int_equal(subject_has_thread_in(&subject, there), 1);
	}
	closedir(threads);
	subject_close(&subject);
	end_child(pid);
}

static void without_descriptors_threads_are_not_seen_and_that_is_said(void **state)
{
	struct rlimit before, none;
	struct subject subject;
	pthread_t thread;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, stay, NULL), 0);
	begin(&subject, getpid());
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = before;
	none.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	assert_int_equal(subject_take_other_thread(&subject), -1);
	assert_int_equal(errno, EMFILE);
	assert_int_equal(subject_has_thread_in(&subject, "ipc:[1]"), -1);
	assert_int_equal(errno, EMFILE);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(subject.thread, subject.directory);
	subject_close(&subject);
	pthread_cancel(thread);
	pthread_join(thread, NULL);
}

static void who_has_ended_tells_nothing(void **state)
{
	const pid_t pid = start_child(0);
	const struct mapping mapping = {.start = 0x1000, .end = 0x2000};
	char name[SUBJECT_NAMESPACE];
	struct subject subject;
	struct stat stat;

	(void)state;
	assert_int_equal(subject_own_namespace(proc, name), 0);
	begin(&subject, pid);
	end_child(pid);
	assert_int_equal(subject_is_in(&subject, name), -1);
	assert_true(errno == ENOENT || errno == ESRCH);
	assert_int_equal(subject_take_other_thread(&subject), -1);
	assert_true(errno == ENOENT || errno == ESRCH);
	assert_int_equal(subject_stat(&subject, &mapping, &stat), -1);
	assert_true(errno == ENOENT || errno == ESRCH);
	subject_close(&subject);
}

static void the_file_behind_a_mapping_is_seen_by_who_may(void **state)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *at = mmap(NULL, page, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	const struct mapping mapping = {.start = (uintptr_t)at,
					.end = (uintptr_t)at + page};
	struct subject subject;
	struct stat stat;

	(void)state;
	begin(&subject, getpid());
	if (subject_stat(&subject, &mapping, &stat)) {
		assert_int_equal(errno, EPERM);
	} else {
		assert_true(S_ISREG(stat.st_mode));
		assert_int_equal(stat.st_size, page);
	}
	assert_int_equal(munmap(at, page), 0);
	assert_int_equal(subject_stat(&subject, &mapping, &stat), -1);
	assert_int_equal(errno, ENOENT);
	subject_close(&subject);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_is_not_there_is_not_looked_into),
		cmocka_unit_test(its_namespace_is_ours_or_another),
		cmocka_unit_test(there_is_another_thread_or_none),
		cmocka_unit_test(a_thread_elsewhere_is_told_from_the_one_that_is_here),
		cmocka_unit_test(
			without_descriptors_threads_are_not_seen_and_that_is_said),
		cmocka_unit_test(who_has_ended_tells_nothing),
		cmocka_unit_test(the_file_behind_a_mapping_is_seen_by_who_may),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

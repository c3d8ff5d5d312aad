/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mappings that come from another IPC namespace, in processes that are in ours. */
#include "unit.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/attach.h"
#include "lib/moment.h"
#include "lib/segment.h"
#include "lib/sysv.h"

enum { KEY = 7, SIZE = 5000, OTHER = 60001, STACK = 1 << 16 };

/* The segment that is made elsewhere with this id. */
struct other {
	uid_t user;
	gid_t group;
	key_t key;
	size_t size;
	int id;
	bool first_thread_ends;
};

/* In a child that shares its memory: libc would set the user of all "threads". */
static int attach_elsewhere(void *argument)
{
	const struct other *other = argument;

	if (syscall(SYS_setgid, other->group) || syscall(SYS_setuid, other->user))
		return 1;
	if (shmget(other->key, other->size, IPC_CREAT | 0600) != other->id)
		return 2;
	return shmat(other->id, NULL, 0) == (void *)-1 ? 3 : 0;
}

static void *say_ready(void *argument)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (write(*(int *)argument, "", 1) == 1)
		for (;;)
			pause();
	return NULL;
}

/* What is left of that child, and of its namespace, is a mapping. */
static void hold(struct other *other, int *ready)
{
	static char stack[STACK] __attribute__((aligned(16)));
	const pid_t pid = clone(attach_elsewhere, stack + STACK,
				CLONE_VM | CLONE_VFORK | CLONE_NEWIPC | SIGCHLD, other);
	pthread_t thread;
	int status;

	if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
		_exit(1);
	if (other->first_thread_ends &&
	    pthread_create(&thread, NULL, say_ready, ready) == 0)
		pthread_exit(NULL);
	say_ready(ready);
}

static pid_t start(struct other *other)
{
	static int ready[2]; /* no stack is left of a thread that has ended */
	pid_t pid;
	char byte;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	assert_int_not_equal(pid, -1);
	if (pid == 0)
		hold(other, &ready[1]);
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	return pid;
}

/* How many holders the segment is said to have; NULL: of its id alone. */
static size_t count_holders(int id, const struct segment *segment, bool text)
{
	static struct processes processes;
	const struct moment moment = moment_present();
	struct attach_search search = {.processes = &processes, .text = text};
	struct attachment found = {.id = id, .nattch = 100, .segment = segment};
	size_t holders;

	processes_init(&processes, &moment);
	assert_int_equal(attach_find(&search, &found, 1), 0);
	holders = found.holders;
	assert_true(found.seen == holders);
	/* Nor is its key taken for the first one of a segment that is marked. */
	assert_int_equal(found.key_known, holders > 0);
	attach_release(&found, 1);
	return holders;
}

/* None of these is taken for a holder of the segment, which has KEY and SIZE, and is ours. */
static void expect_none(struct other others[], size_t count)
{
	struct segment segment;
	pid_t pid;

	assert_int_equal(sysv_stat(CREATE(KEY, SIZE, 0666), &segment), 0);
	for (size_t i = 0; i < count; i++) {
		others[i].id = segment.id;
		pid = start(&others[i]);
		for (int text = 0; text <= 1; text++) {
			assert_int_equal(count_holders(segment.id, NULL, text), 1);
			assert_int_equal(count_holders(segment.id, &segment, text), 0);
		}
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	sysv_remove(segment.id);
}

static void another_key_or_size_is_that_of_another_segment(void **state)
{
	struct other others[] = {
		{.key = KEY + 1, .size = SIZE},
		{.key = KEY, .size = SIZE + 4096},
	};

	(void)state;
	/* Where ids start anew. */
	assert_int_equal(unshare(CLONE_NEWIPC), 0);
	expect_none(others, COUNT(others));
}

/* A link to a file that is mapped: that takes CAP_CHECKPOINT_RESTORE over the system. */
static bool can_follow(void)
{
	char path[64];
	struct stat info;
	void *at = mmap(NULL, 1, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	snprintf(path, sizeof(path), "/proc/self/map_files/%jx-%jx", (uintmax_t)at,
		 (uintmax_t)at + (uintmax_t)sysconf(_SC_PAGESIZE));
	return stat(path, &info) == 0;
}

static void another_creator_is_that_of_another_segment(void **state)
{
	struct other others[] = {
		{.user = OTHER, .key = KEY, .size = SIZE},
		{.group = OTHER, .key = KEY, .size = SIZE},
		{.user = OTHER, .key = KEY, .size = SIZE, .first_thread_ends = true},
	};

	(void)state;
	if (!can_follow())
		skip();
	assert_int_equal(unshare(CLONE_NEWIPC), 0);
	expect_none(others, COUNT(others));
}

static void who_has_the_segment_itself_is_a_holder_of_it(void **state)
{
	struct segment segment;
	void *at;

	(void)state;
	assert_int_equal(sysv_stat(CREATE(KEY, SIZE, 0666), &segment), 0);
	at = sysv_attach(segment.id, false);
	assert_non_null(at);
	for (int text = 0; text <= 1; text++)
		assert_int_equal(count_holders(segment.id, &segment, text), 1);
	/* Marked, it has lost its key. */
	sysv_remove(segment.id);
	assert_int_equal(sysv_stat(segment.id, &segment), 0);
	for (int text = 0; text <= 1; text++)
		assert_int_equal(count_holders(segment.id, &segment, text), 1);
	shmdt(at);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(another_key_or_size_is_that_of_another_segment),
		cmocka_unit_test(another_creator_is_that_of_another_segment),
		cmocka_unit_test(who_has_the_segment_itself_is_a_holder_of_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is held, in which order, for how long, and what is said if it cannot be. */
#include "unit.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/sem.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "option.h"
#include "sync.h"

static int sem_error; /* that the next calls give */

int __real_semtimedop(int id, struct sembuf *operations, size_t count,
		      const struct timespec *timeout);
int __wrap_semtimedop(int id, struct sembuf *operations, size_t count,
		      const struct timespec *timeout);

int __wrap_semtimedop(int id, struct sembuf *operations, size_t count,
		      const struct timespec *timeout)
{
	errno = sem_error;
	return sem_error ? -1 : __real_semtimedop(id, operations, count, timeout);
}

static struct {
	char place[40];
	int set;   /* of two semaphores, the first of them free */
	int saved; /* what stderr is outside */
	FILE *file;
	char text[400];
	struct sync_settings settings;
	struct sync sync;
} world;

static char program[] = "shmtool cat";

static int enter(void **state)
{
	(void)state;
	sem_error = 0;
	memset(&world, 0, sizeof(world));
	program_invocation_short_name = program;
	world.settings = (struct sync_settings)SYNC_NONE;
	strcpy(world.place, "/tmp/shmtool-sync.XXXXXX");
	world.set = semget(0x1b207, 2, IPC_CREAT | IPC_EXCL | 0600);
	world.saved = dup(STDERR_FILENO);
	world.file = tmpfile();
	alarm(20);
	return world.file && dup2(fileno(world.file), STDERR_FILENO) >= 0 &&
			       semctl(world.set, 0, SETVAL, 1) == 0 &&
			       mkdtemp(world.place) && chdir(world.place) == 0
		       ? 0
		       : -1;
}

static int leave(void **state)
{
	(void)state;
	alarm(0);
	dup2(world.saved, STDERR_FILENO);
	close(world.saved);
	if (world.settings.file >= 0)
		close(world.settings.file);
	semctl(world.set, 0, IPC_RMID);
	unlink("lock");
	return fclose(world.file) || chdir("/") || rmdir(world.place);
}

/* All that has been printed since the last look. */
static const char *printed(void)
{
	size_t length;

	rewind(world.file);
	length = fread(world.text, 1, sizeof(world.text) - 1, world.file);
	world.text[length] = '\0';
	rewind(world.file);
	assert_int_equal(ftruncate(fileno(world.file), 0), 0);
	return world.text;
}

/* The options as they are typed. */
static void set(const char *flock, const char *sem, const char *timeout)
{
	struct options {
		/* cppcheck-suppress unusedStructMember ; by offsetof() */
		struct sync_settings sync;
	};
	static const struct option_row rows[] = {SYNC_OPTIONS(struct options, sync), {0}};
	const char *const texts[] = {flock, sem, timeout};

	for (size_t i = 0; i < COUNT(texts); i++)
		if (texts[i])
			assert_int_equal(
				rows[i].value->parse(texts[i], (char *)&world.settings +
								       rows[i].field),
				0);
	assert_int_equal(sync_check(&world.settings), 0);
	assert_int_equal(sync_prepare(&world.settings), 0);
}

static int take(enum sync_mode mode)
{
	return sync_take(&world.sync, &world.settings, mode);
}

static int value(int number)
{
	return semctl(world.set, number, GETVAL);
}

static bool is_locked(int operation)
{
	int fd = open("lock", O_RDONLY);
	const bool locked = flock(fd, operation | LOCK_NB);

	close(fd);
	return locked;
}

/* Another process that holds the lock for so long. */
static pid_t lock_for(long milliseconds)
{
	const struct timespec rest = {milliseconds / 1000, milliseconds % 1000 * 1000000};
	int fd = open("lock", O_RDWR | O_CREAT, 0600);
	pid_t child;

	assert_int_equal(flock(fd, LOCK_EX), 0);
	child = fork();
	if (child == 0) {
		nanosleep(&rest, NULL);
		_exit(0);
	}
	close(fd);
	return child;
}

static double seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void without_options_nothing_is_held(void **state)
{
	(void)state;
	set(NULL, NULL, NULL);
	assert_false(sync_is_wanted(&world.settings));
	assert_int_equal(take(SYNC_EXCLUSIVE), 0);
	assert_int_equal(sync_give(&world.sync), 0);
	assert_string_equal(printed(), "");
}

static void a_timeout_needs_what_is_waited_for(void **state)
{
	(void)state;
	world.settings.timeout = 0;
	assert_int_equal(sync_check(&world.settings), EXIT_USAGE);
	assert_string_equal(printed(),
			    "shmtool cat: --timeout goes with --flock or --sem\n"
			    "Try 'shmtool cat --help'.\n");
	set("lock", NULL, "5");
	set(NULL, "3", "5");
}

static void readers_share_the_lock_and_a_writer_does_not(void **state)
{
	(void)state;
	set("lock", NULL, NULL);
	assert_true(sync_is_wanted(&world.settings));
	assert_int_equal(take(SYNC_SHARED), 0);
	assert_false(is_locked(LOCK_SH));
	assert_true(is_locked(LOCK_EX));
	assert_int_equal(sync_give(&world.sync), 0);
	assert_false(is_locked(LOCK_EX));
	assert_int_equal(take(SYNC_EXCLUSIVE), 0);
	assert_true(is_locked(LOCK_SH));
	assert_int_equal(sync_give(&world.sync), 0);
	assert_int_equal(sync_give(&world.sync), 0);
	assert_false(is_locked(LOCK_EX));
}

static void both_take_the_semaphore(void **state)
{
	(void)state;
	set(NULL, "0x1b207:0", NULL);
	for (enum sync_mode mode = SYNC_SHARED; mode <= SYNC_EXCLUSIVE; mode++) {
		assert_int_equal(take(mode), 0);
		assert_int_equal(value(0), 0);
		assert_int_equal(sync_give(&world.sync), 0);
		assert_int_equal(sync_give(&world.sync), 0);
		assert_int_equal(value(0), 1);
	}
}

static void a_lock_of_another_is_said_with_the_time(void **state)
{
	pid_t child = lock_for(900);

	(void)state;
	set("lock", NULL, "0");
	assert_int_equal(take(SYNC_SHARED), EXIT_FAILURE);
	assert_string_equal(printed(), "shmtool cat: lock: locked by somebody else\n");
	close(world.settings.file);
	set("lock", NULL, "5");
	assert_int_equal(take(SYNC_SHARED), 0);
	assert_int_equal(waitpid(child, NULL, 0), child);
	sync_give(&world.sync);
	child = lock_for(20000);
	close(world.settings.file);
	set("lock", NULL, "1s");
	assert_int_equal(take(SYNC_SHARED), EXIT_FAILURE);
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_string_equal(printed(),
			    "shmtool cat: lock: locked by somebody else for 1s\n");
}

static void the_lock_is_given_back_if_the_semaphore_is_not_free(void **state)
{
	char name[40];

	(void)state;
	snprintf(name, sizeof(name), "%d:1", world.set);
	set("lock", name, "0");
	assert_int_equal(take(SYNC_EXCLUSIVE), EXIT_FAILURE);
	snprintf(name, sizeof(name), "shmtool cat: semaphore %d:1: not free\n",
		 world.set);
	assert_string_equal(printed(), name);
	assert_false(is_locked(LOCK_EX));
	assert_int_equal(sync_give(&world.sync), 0);
	assert_int_equal(value(1), 0);
}

static void the_lock_comes_first(void **state)
{
	pid_t child = lock_for(500);

	(void)state;
	set("lock", "0x1b207", "0");
	assert_int_equal(take(SYNC_SHARED), EXIT_FAILURE);
	assert_string_equal(printed(), "shmtool cat: lock: locked by somebody else\n");
	assert_int_equal(value(0), 1);
	assert_int_equal(waitpid(child, NULL, 0), child);
}

static void the_time_is_for_both_together(void **state)
{
	pid_t child = lock_for(700);
	const double begun = seconds_now();

	(void)state;
	set("lock", "0x1b207:1", "1");
	assert_int_equal(take(SYNC_EXCLUSIVE), EXIT_FAILURE);
	assert_true(seconds_now() - begun >= 0.99);
	assert_true(seconds_now() - begun < 1.65);
	assert_string_equal(printed(),
			    "shmtool cat: semaphore 0x0001b207:1: not free within 1s\n");
	assert_int_equal(waitpid(child, NULL, 0), child);
}

static void each_reason_has_its_words(void **state)
{
	static const struct {
		int error;
		const char *text;
	} table[] = {
		{EINVAL, "shmtool cat: semaphore 3:1: no such set of semaphores\n"},
		{EIDRM,
		 "shmtool cat: semaphore 3:1: its set was removed while it was waited for\n"},
		{EFBIG, "shmtool cat: semaphore 3:1: its set has no such number\n"},
		{EACCES,
		 "shmtool cat: semaphore 3:1: only who may alter it (w) or root (CAP_IPC_OWNER) can take it\n"},
		{ENOMEM, "shmtool cat: semaphore 3:1: Cannot allocate memory\n"},
	};

	(void)state;
	set(NULL, "3:1", "0");
	for (size_t i = 0; i < COUNT(table); i++) {
		sem_error = table[i].error;
		assert_int_equal(take(SYNC_SHARED), EXIT_FAILURE);
		assert_string_equal(printed(), table[i].text);
	}
	sem_error = 0;
	set(NULL, "0xabc", NULL);
	assert_int_equal(take(SYNC_SHARED), EXIT_FAILURE);
	assert_string_equal(
		printed(),
		"shmtool cat: semaphore 0x00000abc:0: no such set of semaphores\n");
}

static void a_set_that_goes_while_it_is_held_is_a_failure(void **state)
{
	(void)state;
	set("lock", "0x1b207", NULL);
	assert_int_equal(take(SYNC_SHARED), 0);
	assert_int_equal(semctl(world.set, 0, IPC_RMID), 0);
	assert_int_equal(sync_give(&world.sync), EXIT_FAILURE);
	assert_string_equal(
		printed(),
		"shmtool cat: semaphore 0x0001b207:0: its set was removed while it was held: others may have been in\n");
	assert_false(is_locked(LOCK_EX));
}

static void what_the_kernel_gives_back_in_the_end_is_said(void **state)
{
	(void)state;
	set(NULL, "0x1b207", NULL);
	assert_int_equal(take(SYNC_SHARED), 0);
	sem_error = EACCES;
	assert_int_equal(sync_give(&world.sync), EXIT_FAILURE);
	assert_string_equal(
		printed(),
		"shmtool cat: semaphore 0x0001b207:0: it is given back only when this process ends\n");
}

static void a_lock_file_that_cannot_be_opened_is_said_safely(void **state)
{
	(void)state;
	world.settings.flock = "a\x1b/lock";
	assert_int_equal(sync_prepare(&world.settings), EXIT_FAILURE);
	assert_string_equal(printed(),
			    "shmtool cat: a\\x1b/lock: No such file or directory\n");
	assert_int_equal(symlink("absent", "lock"), 0);
	world.settings.flock = "lock";
	assert_int_equal(sync_prepare(&world.settings), EXIT_FAILURE);
	assert_string_equal(
		printed(),
		"shmtool cat: lock: symbolic links are not followed: name the file itself\n");
}

static void a_lock_file_removed_meanwhile_is_said(void **state)
{
	pid_t child = lock_for(300);
	const struct timespec rest = {.tv_nsec = 100000000};

	(void)state;
	set("lock", NULL, NULL);
	if (fork() == 0) {
		nanosleep(&rest, NULL);
		_exit(unlink("lock"));
	}
	assert_int_equal(take(SYNC_SHARED), EXIT_FAILURE);
	assert_string_equal(
		printed(),
		"shmtool cat: lock: removed while its lock was waited for: others may lock another\n");
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_true(wait(NULL) > 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(without_options_nothing_is_held),
		TEST(a_timeout_needs_what_is_waited_for),
		TEST(readers_share_the_lock_and_a_writer_does_not),
		TEST(both_take_the_semaphore),
		TEST(a_lock_of_another_is_said_with_the_time),
		TEST(the_lock_is_given_back_if_the_semaphore_is_not_free),
		TEST(the_lock_comes_first),
		TEST(the_time_is_for_both_together),
		TEST(each_reason_has_its_words),
		TEST(a_set_that_goes_while_it_is_held_is_a_failure),
		TEST(what_the_kernel_gives_back_in_the_end_is_said),
		TEST(a_lock_file_that_cannot_be_opened_is_said_safely),
		TEST(a_lock_file_removed_meanwhile_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

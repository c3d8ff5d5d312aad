/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel refuses a verb: on the real one, each attempt in a child of its own. */
#include "unit.h"

#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sandbox.h"

#define ALL                                                                         \
	(MAY_ATTACH | MAY_WRITE | MAY_CREATE | MAY_CHANGE | MAY_LOCK | MAY_REMOVE | \
	 MAY_SEE_PROCESSES | MAY_WRITE_FILES)

/* What the kernel says on demand to a call by number; 0: whatever it says. */
static long call_wrapped;
static int call_error;

long __real_syscall(long number, ...);
long __wrap_syscall(long number, long a, long b, long c, long d);

long __wrap_syscall(long number, long a, long b, long c, long d)
{
	if (call_error && number == call_wrapped) {
		errno = call_error;
		return -1;
	}
	return __real_syscall(number, a, b, c, d);
}

/* Something that is tried. Returns 0, or the errno. */
typedef int attempt(int id);

static int error_of(long result)
{
	return result == -1 ? errno : 0;
}

/* What the attempt returns after sandbox_enter(); 200 and more: how the child ended. */
static int in_sandbox(unsigned int may, attempt *try, int id)
{
	const pid_t child = fork();
	int status;

	if (child == 0) {
		prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL);
		_exit(sandbox_enter(may) ? 199 : try(id));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 200 + WTERMSIG(status);
}

static int look(int id)
{
	struct shmid_ds ds;

	return error_of(shmctl(id, IPC_STAT, &ds)) ||
	       error_of(shmctl(id, SHM_STAT_ANY, &ds)) ||
	       error_of(shmctl(0, SHM_INFO, &ds)) || error_of(shmctl(0, IPC_INFO, &ds));
}

static int attach(int id)
{
	return error_of((long)shmat(id, NULL, SHM_RDONLY));
}

static int attach_to_write(int id)
{
	return error_of((long)shmat(id, NULL, 0));
}

static int attach_otherwise(int id)
{
	return error_of((long)shmat(id, NULL, SHM_RDONLY | SHM_EXEC));
}

static int create(int id)
{
	const int made = shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600);

	(void)id;
	if (made >= 0)
		shmctl(made, IPC_RMID, NULL);
	return error_of(made);
}

static int find(int id)
{
	(void)id;
	return error_of(shmget(0x5eed, 0, 0));
}

static int change(int id)
{
	struct shmid_ds ds;

	return error_of(shmctl(id, IPC_STAT, &ds)) || error_of(shmctl(id, IPC_SET, &ds))
		       ? errno
		       : 0;
}

static int lock(int id)
{
	return error_of(shmctl(id, SHM_LOCK, NULL));
}

static int unlock(int id)
{
	return error_of(shmctl(id, SHM_UNLOCK, NULL));
}

static int mark(int id)
{
	return error_of(shmctl(id, IPC_RMID, NULL));
}

/* The upper half of an argument that is an int means nothing to the kernel. */
static int remove_in_disguise(int id)
{
	return error_of(syscall(SYS_shmctl, (long)id, 0x700000000L | IPC_RMID, 0L, 0L));
}

static const struct {
	unsigned int may;
	attempt *try;
} deeds[] = {
	{MAY_ATTACH, attach}, {MAY_WRITE, attach_to_write},
	{MAY_CREATE, create}, {MAY_CHANGE, change},
	{MAY_LOCK, lock},     {MAY_LOCK, unlock},
	{MAY_REMOVE, mark},   {MAY_REMOVE, remove_in_disguise},
};

static int make_segment(void **state)
{
	*state = (void *)(intptr_t)shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600);
	return (intptr_t)*state < 0;
}

static int remove_segment(void **state)
{
	call_error = 0;
	shmctl((int)(intptr_t)*state, IPC_RMID, NULL);
	return 0;
}

static void looking_is_open_to_everybody(void **state)
{
	assert_int_equal(in_sandbox(0, look, (int)(intptr_t)*state), 0);
	assert_int_equal(in_sandbox(0, find, 0), ENOENT);
}

static void without_its_permission_a_deed_is_refused(void **state)
{
	const int id = (int)(intptr_t)*state;

	for (size_t i = 0; i < COUNT(deeds); i++) {
		assert_int_equal(in_sandbox(ALL & ~deeds[i].may, deeds[i].try, id),
				 EPERM);
		assert_int_equal(in_sandbox(0, deeds[i].try, id), EPERM);
	}
	assert_int_equal(look(id), 0);
}

static void with_its_permission_alone_a_deed_is_done(void **state)
{
	for (size_t i = 0; i < COUNT(deeds); i++) {
		assert_int_equal(
			in_sandbox(deeds[i].may, deeds[i].try, (int)(intptr_t)*state), 0);
		if (deeds[i].may == MAY_REMOVE) {
			assert_int_not_equal(look((int)(intptr_t)*state), 0);
			make_segment(state);
		}
	}
}

static void nobody_maps_a_segment_to_execute_it(void **state)
{
	assert_int_equal(in_sandbox(ALL, attach_otherwise, (int)(intptr_t)*state), EPERM);
}

static int enter_again_and_mark(int id)
{
	return sandbox_enter(ALL) ? 198 : mark(id);
}

static void a_second_call_gives_nothing_back(void **state)
{
	assert_int_equal(in_sandbox(0, enter_again_and_mark, (int)(intptr_t)*state),
			 EPERM);
}

static int execute(int id)
{
	(void)id;
	execl("/bin/true", "true", (char *)NULL);
	return errno;
}

static int enter_namespace(int id)
{
	(void)id;
	return error_of(syscall(SYS_unshare, 0L, 0L, 0L, 0L));
}

static int make_semaphores(int id)
{
	(void)id;
	return error_of(semget(IPC_PRIVATE, 1, IPC_CREAT | 0600));
}

static void programs_namespaces_and_other_objects_are_out_of_reach(void **state)
{
	(void)state;
	assert_int_equal(in_sandbox(ALL, execute, 0), EPERM);
	assert_int_equal(in_sandbox(ALL, enter_namespace, 0), EPERM);
	assert_int_equal(in_sandbox(ALL, make_semaphores, 0), EPERM);
}

#ifdef __x86_64__
/* shmctl(2) as 32-bit programs call it, where it has another number. */
static int mark_by_old_entry(int id)
{
	long result;

	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(396), "b"(id), "c"(IPC_RMID), "d"(0));
	return (int)-result;
}

static int mark_by_x32(int id)
{
	return error_of(
		syscall(0x40000000L | SYS_shmctl, (long)id, (long)IPC_RMID, 0L, 0L));
}
#endif

static void no_other_way_into_the_kernel_is_open(void **state)
{
#ifdef __x86_64__
	const int id = (int)(intptr_t)*state;
	int error;

	assert_int_equal(in_sandbox(0, mark_by_x32, id), EPERM);
	error = in_sandbox(0, mark_by_old_entry, id);
	/* Unless this kernel has no such entry. */
	if (error != 200 + SIGSEGV)
		assert_int_equal(error, EPERM);
	assert_int_equal(look(id), 0);
#else
	(void)state;
	skip();
#endif
}

static int write_file(int id)
{
	(void)id;
	return error_of(open("/tmp", O_TMPFILE | O_WRONLY, 0600)) |
	       error_of(open("/dev/null", O_WRONLY));
}

static int read_file(int id)
{
	(void)id;
	/* Names are looked up in files, and modules for that are loaded. */
	return error_of(open("/etc/passwd", O_RDONLY)) || !getpwuid(0);
}

/*
 * Root sees every process that way, by CAP_PERFMON (from Linux 6.15 on), whatever landlock(7)
 * says. No verb keeps that.
 */
static void become_ordinary(void)
{
	const uid_t nobody = 65534;

	/* In a user namespace there may be nobody to become, but nothing to lose either. */
	if (setresuid(nobody, nobody, nobody) == 0)
		prctl(PR_SET_DUMPABLE, 1UL, 0UL, 0UL, 0UL);
}

static int see_process(int pid)
{
	char path[32];

	become_ordinary();
	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	return error_of(open(path, O_RDONLY));
}

static bool has_landlock(void)
{
#ifdef SYS_landlock_create_ruleset
	return syscall(SYS_landlock_create_ruleset, 0L, 0L, 1L, 0L) > 0;
#else
	return false;
#endif
}

static void files_are_open_to_read_and_to_write_by_permission_alone(void **state)
{
	(void)state;
	assert_int_equal(in_sandbox(0, read_file, 0), 0);
	assert_int_equal(in_sandbox(MAY_WRITE_FILES, write_file, 0), 0);
	if (!has_landlock())
		skip();
	assert_int_equal(in_sandbox(0, write_file, 0), EACCES);
	assert_int_equal(in_sandbox(MAY_ATTACH | MAY_WRITE, write_file, 0), EACCES);
}

static void who_holds_what_is_seen_by_permission_alone(void **state)
{
	int seen, unseen, ready[2];
	pid_t other;

	(void)state;
	assert_int_equal(pipe(ready), 0);
	other = fork();
	if (other == 0) {
		become_ordinary();
		close(ready[0]);
		close(ready[1]);
		pause();
	}
	/* The end of the pipe comes when it has become that. */
	close(ready[1]);
	assert_int_equal(read(ready[0], &(char){0}, 1), 0);
	close(ready[0]);
	seen = in_sandbox(MAY_SEE_PROCESSES, see_process, other);
	unseen = in_sandbox(0, see_process, other);
	kill(other, SIGKILL);
	waitpid(other, NULL, 0);
	assert_int_equal(seen, 0);
	assert_int_equal(unseen, has_landlock() ? EACCES : 0);
}

static void what_the_kernel_does_not_have_is_left_out(void **state)
{
	const int errors[] = {ENOSYS, EINVAL, EPERM, EACCES};

	call_wrapped = SYS_seccomp;
	for (size_t i = 0; i < COUNT(errors); i++) {
		call_error = errors[i];
		assert_int_equal(in_sandbox(0, mark, (int)(intptr_t)*state), 0);
		make_segment(state);
	}
}

static void any_other_failure_is_one(void **state)
{
	(void)state;
	call_wrapped = SYS_seccomp;
	call_error = ENOMEM;
	assert_int_equal(in_sandbox(ALL, look, 0), 199);
#ifdef SYS_landlock_restrict_self
	if (!has_landlock())
		return;
	call_wrapped = SYS_landlock_restrict_self;
	call_error = E2BIG;
	assert_int_equal(in_sandbox(0, look, 0), 199);
#endif
}

static void every_permission_has_a_name(void **state)
{
	const struct may_row *row = sandbox_rows();
	unsigned int all = 0;

	(void)state;
	for (; row->name; row++)
		all |= row->may;
	assert_int_equal(all, ALL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_segment, remove_segment)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(looking_is_open_to_everybody),
		TEST(without_its_permission_a_deed_is_refused),
		TEST(with_its_permission_alone_a_deed_is_done),
		TEST(nobody_maps_a_segment_to_execute_it),
		TEST(a_second_call_gives_nothing_back),
		TEST(programs_namespaces_and_other_objects_are_out_of_reach),
		TEST(no_other_way_into_the_kernel_is_open),
		TEST(files_are_open_to_read_and_to_write_by_permission_alone),
		TEST(who_holds_what_is_seen_by_permission_alone),
		TEST(what_the_kernel_does_not_have_is_left_out),
		TEST(any_other_failure_is_one),
		TEST(every_permission_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

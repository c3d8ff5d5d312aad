/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel refuses a verb: on the real one, each attempt in a child of its own. */
#include "unit.h"

#include <fcntl.h>
#include <pwd.h>
#include <sched.h>
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

static int enter_new_namespace(int kind)
{
	const long child = syscall(SYS_clone, (long)((unsigned int)kind | SIGCHLD), 0L,
				   0L, 0L);

	if (child == 0)
		_exit(0);
	return error_of(child);
}

static int clone_by_structure(int id)
{
	(void)id;
	return error_of(syscall(SYS_clone3, 0L, 0L, 0L, 0L));
}

/* As the C library does it, and as a child of it does again. */
static int fork_twice(int id)
{
	int status = 0;
	const pid_t child = fork();

	(void)id;
	if (child == 0) {
		const pid_t grandchild = fork();

		_exit(grandchild == 0 || waitpid(grandchild, &status, 0) != grandchild);
	}
	return waitpid(child, &status, 0) == child ? status : 1;
}

static void no_child_is_in_a_namespace_of_its_own(void **state)
{
	const unsigned int kinds[] = {CLONE_NEWNS,  CLONE_NEWCGROUP, CLONE_NEWUTS,
				      CLONE_NEWIPC, CLONE_NEWUSER,   CLONE_NEWPID,
				      CLONE_NEWNET};

	(void)state;
	if (!sandbox_refuses_calls())
		skip();
	for (size_t i = 0; i < COUNT(kinds); i++)
		assert_int_equal(in_sandbox(ALL, enter_new_namespace, (int)kinds[i]),
				 EPERM);
	/* What any user could: it would have all capabilities there. */
	assert_int_equal(
		in_sandbox(ALL, enter_new_namespace, (int)(CLONE_NEWUSER | CLONE_NEWIPC)),
		EPERM);
	assert_int_equal(in_sandbox(ALL, clone_by_structure, 0), ENOSYS);
	assert_int_equal(in_sandbox(ALL, enter_new_namespace, 0), 0);
	assert_int_equal(in_sandbox(0, fork_twice, 0), 0);
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

/* Each way to open for writing, in words that differ in nothing else. */
static const int write_flags[] = {O_WRONLY,	      O_RDWR,
				  O_WRONLY | O_RDWR,  O_RDONLY | O_CREAT,
				  O_RDONLY | O_TRUNC, O_TMPFILE | O_RDWR};

static int open_at(int way)
{
	return error_of(syscall(SYS_openat, (long)AT_FDCWD, (long)"/dev/null",
				(long)write_flags[way], 0L));
}

static int open_memory(int pid)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	return error_of(
		syscall(SYS_openat, (long)AT_FDCWD, (long)path, (long)O_RDWR, 0L));
}

#ifdef SYS_open
static int open_by_old_call(int way)
{
	return error_of(
		syscall(SYS_open, (long)"/dev/null", (long)write_flags[way], 0L, 0L));
}
#endif

static int open_by_structure(int way)
{
	(void)way;
	return error_of(syscall(SYS_openat2, (long)AT_FDCWD, 0L, 0L, 0L));
}

/* What changes files; with addresses and descriptors that nothing has, it fails otherwise. */
static const long file_changes[] = {
	SYS_truncate,
	SYS_mkdirat,
	SYS_mknodat,
	SYS_unlinkat,
	SYS_linkat,
	SYS_symlinkat,
	SYS_renameat2,
	SYS_fchmod,
	SYS_fchmodat,
	SYS_fchown,
	SYS_fchownat,
	SYS_utimensat,
	SYS_setxattr,
	SYS_lsetxattr,
	SYS_fsetxattr,
	SYS_removexattr,
	SYS_lremovexattr,
	SYS_fremovexattr,
	452 /* fchmodat2 */,
	463 /* setxattrat */,
	466 /* removexattrat */,
	469 /* file_setattr */,
#ifdef SYS_open
	SYS_creat,
	SYS_mkdir,
	SYS_rmdir,
	SYS_mknod,
	SYS_unlink,
	SYS_link,
	SYS_symlink,
	SYS_rename,
	SYS_renameat,
	SYS_chmod,
	SYS_chown,
	SYS_lchown,
	SYS_utime,
	SYS_utimes,
	SYS_futimesat,
#endif
};

static int change_file(int which)
{
	return error_of(syscall(file_changes[which], -1L, -1L, -1L, -1L));
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
	if (sandbox_refuses_calls())
		assert_int_equal(in_sandbox(MAY_SEE_PROCESSES, write_file, 0), EPERM);
	if (!has_landlock())
		skip();
	/* Also alone. */
	call_wrapped = SYS_seccomp;
	call_error = ENOSYS;
	assert_int_equal(in_sandbox(0, write_file, 0), EACCES);
	assert_int_equal(in_sandbox(MAY_ATTACH | MAY_WRITE, write_file, 0), EACCES);
}

static void need_refused_calls(void)
{
	if (!sandbox_refuses_calls())
		skip();
}

static void no_call_opens_a_file_to_write_without_permission(void **state)
{
	(void)state;
	need_refused_calls();
	for (int i = 0; i < (int)COUNT(write_flags); i++) {
		assert_int_equal(in_sandbox(MAY_SEE_PROCESSES, open_at, i), EPERM);
		assert_int_not_equal(in_sandbox(MAY_WRITE_FILES, open_at, i), EPERM);
#ifdef SYS_open
		assert_int_equal(in_sandbox(MAY_SEE_PROCESSES, open_by_old_call, i),
				 EPERM);
#endif
	}
	assert_int_equal(in_sandbox(MAY_SEE_PROCESSES, open_by_structure, 0), ENOSYS);
	assert_int_equal(in_sandbox(MAY_SEE_PROCESSES, open_memory, getpid()), EPERM);
	assert_int_equal(in_sandbox(MAY_WRITE_FILES, open_memory, getpid()), 0);
}

static void who_may_write_to_segments_opens_a_file_to_read_and_write_alone(void **state)
{
	const unsigned int may = MAY_WRITE | MAY_SEE_PROCESSES;

	(void)state;
	need_refused_calls();
	for (int i = 0; i < (int)COUNT(write_flags); i++)
		assert_int_equal(in_sandbox(may, open_at, i),
				 write_flags[i] == O_RDWR ? 0 : EPERM);
}

static void no_call_changes_a_file_without_permission(void **state)
{
	(void)state;
	need_refused_calls();
	for (int i = 0; i < (int)COUNT(file_changes); i++) {
		assert_int_equal(in_sandbox(ALL & ~MAY_WRITE_FILES, change_file, i),
				 EPERM);
		assert_int_not_equal(in_sandbox(MAY_WRITE_FILES, change_file, i), EPERM);
	}
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
	assert_int_equal(all, ALL | MAY_RECORD);
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
		TEST(no_child_is_in_a_namespace_of_its_own),
		TEST(files_are_open_to_read_and_to_write_by_permission_alone),
		TEST(no_call_opens_a_file_to_write_without_permission),
		TEST(who_may_write_to_segments_opens_a_file_to_read_and_write_alone),
		TEST(no_call_changes_a_file_without_permission),
		TEST(who_holds_what_is_seen_by_permission_alone),
		TEST(what_the_kernel_does_not_have_is_left_out),
		TEST(any_other_failure_is_one),
		TEST(every_permission_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

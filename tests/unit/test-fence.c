/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every way that a fence can begin, hold and end, on the real kernel. */
#include "unit.h"

#include <signal.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "lib/fence-record.h"
#include "lib/sysv.h"

/* What the kernel is made to refuse, by its errno; 0: nothing. */
static struct {
	int membarrier, socketpair, fork, flock, set, stat;
	bool guardian_dies, guardian_mishears, one_processor;
	pid_t deaf;	/* who cannot read */
	int interrupts; /* how often each process is interrupted, once it reads */
	long rested;	/* milliseconds, where they are not really waited for */
	bool no_rest;
} fault;

static int refuse(int error)
{
	errno = error;
	return -1;
}

int __real_shmctl(int id, int command, struct shmid_ds *ds);
int __wrap_shmctl(int id, int command, struct shmid_ds *ds);
int __real_socketpair(int domain, int type, int protocol, int ends[2]);
int __wrap_socketpair(int domain, int type, int protocol, int ends[2]);
pid_t __real_fork(void);
pid_t __wrap_fork(void);
pid_t __real_setsid(void);
pid_t __wrap_setsid(void);
int __real_flock(int fd, int operation);
int __wrap_flock(int fd, int operation);
long __real_sysconf(int name);
long __wrap_sysconf(int name);
long __real_syscall(long number, long a, long b, long c);
long __wrap_syscall(long number, long a, long b, long c);
ssize_t __real_read(int fd, void *buffer, size_t size);
ssize_t __wrap_read(int fd, void *buffer, size_t size);
int __real_nanosleep(const struct timespec *rest, struct timespec *left);
int __wrap_nanosleep(const struct timespec *rest, struct timespec *left);

int __wrap_shmctl(int id, int command, struct shmid_ds *ds)
{
	if (command == IPC_SET && fault.set)
		return refuse(fault.set);
	if (command == SHM_STAT_ANY && fault.stat)
		return refuse(fault.stat);
	return __real_shmctl(id, command, ds);
}

int __wrap_socketpair(int domain, int type, int protocol, int ends[2])
{
	return fault.socketpair ? refuse(fault.socketpair)
				: __real_socketpair(domain, type, protocol, ends);
}

pid_t __wrap_fork(void)
{
	return fault.fork ? refuse(fault.fork) : __real_fork();
}

/* Which only the guardian calls. */
pid_t __wrap_setsid(void)
{
	if (fault.guardian_dies)
		_exit(1);
	if (fault.guardian_mishears)
		fault.deaf = getpid();
	return __real_setsid();
}

ssize_t __wrap_read(int fd, void *buffer, size_t size)
{
	if (fault.interrupts > 0) {
		fault.interrupts--;
		return refuse(EINTR);
	}
	if (fault.deaf != getpid())
		return __real_read(fd, buffer, size);
	if (fault.guardian_mishears)
		fault.deaf = 0; /* once */
	return refuse(EIO);
}

int __wrap_flock(int fd, int operation)
{
	return fault.flock ? refuse(fault.flock) : __real_flock(fd, operation);
}

long __wrap_sysconf(int name)
{
	if (name == _SC_NPROCESSORS_ONLN)
		return fault.one_processor ? 1 : 2;
	return __real_sysconf(name);
}

long __wrap_syscall(long number, long a, long b, long c)
{
	if (number == SYS_membarrier && fault.membarrier)
		return refuse(fault.membarrier);
	return __real_syscall(number, a, b, c);
}

int __wrap_nanosleep(const struct timespec *rest, struct timespec *left)
{
	fault.rested += rest->tv_nsec / 1000000;
	return fault.no_rest ? 0 : __real_nanosleep(rest, left);
}

static struct segment look(int id)
{
	struct segment now;

	assert_int_equal(sysv_stat(id, &now), 0);
	return now;
}

static struct segment make(unsigned int mode)
{
	int id = CREATE(0, 4096, mode);

	assert_true(id >= 0);
	return look(id);
}

/* What fence_begin() leaves for the end. */
static sigset_t before;
static int patience;

/* The end, after which signals arrive again. */
static void end_fence(struct fence *fence)
{
	fence_end(fence);
	sigprocmask(SIG_SETMASK, &before, NULL);
}

static bool are_signals_blocked(void)
{
	sigset_t now;

	sigprocmask(SIG_BLOCK, NULL, &now);
	return sigismember(&now, SIGTERM);
}

/* Whether no fence is at work in this namespace. */
static bool is_free(void)
{
	int fd = open("/proc/self/ns/ipc", O_RDONLY | O_CLOEXEC);
	bool free;

	assert_true(fd >= 0);
	free = __real_flock(fd, LOCK_EX | LOCK_NB) == 0;
	close(fd);
	return free;
}

static void wait_until_free(void)
{
	const struct timespec rest = {.tv_nsec = 1000000};

	for (int i = 0; i < 10000 && !is_free(); i++)
		__real_nanosleep(&rest, NULL);
	assert_true(is_free());
}

static int setup(void **state)
{
	(void)state;
	patience = FENCE_PATIENCE;
	memset(&fault, 0, sizeof(fault));
	return 0;
}

static void a_closed_segment_lets_nobody_in_and_an_open_one_is_as_before(void **state)
{
	struct segment segment = make(0640);
	struct fence fence;

	(void)state;
	assert_int_equal(fence_begin(&fence, 1, &patience, &before), 0);
	assert_int_equal(fence_close(&fence, &segment), 0);
	assert_int_equal(look(segment.id).mode, 0);
	assert_int_equal(fence_open(&fence.item[0]), 0);
	end_fence(&fence);
	assert_int_equal(look(segment.id).mode, 0640);
	assert_int_equal(look(segment.id).uid, segment.uid);
	assert_int_equal(look(segment.id).gid, segment.gid);
	sysv_remove(segment.id);
}

static void no_signal_arrives_before_the_caller_allows_it(void **state)
{
	struct fence fence;

	(void)state;
	assert_false(are_signals_blocked());
	assert_int_equal(fence_begin(&fence, 1, &patience, &before), 0);
	assert_true(are_signals_blocked());
	fence_end(&fence);
	assert_true(are_signals_blocked()); /* what was done is to be recorded first */
	sigprocmask(SIG_SETMASK, &before, NULL);
	assert_false(are_signals_blocked());
}

static void the_guardian_ends_with_the_fence(void **state)
{
	struct fence fence;

	(void)state;
	assert_int_equal(fence_begin(&fence, 1, &patience, &before), 0);
	assert_int_equal(getsid(fence.guardian), fence.guardian);
	end_fence(&fence);
	assert_int_equal(kill(fence.guardian, 0), -1);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static void a_segment_of_mode_0_is_not_opened_by_who_has_not_closed_it(void **state)
{
	struct segment segment = make(0);
	struct fence fence;

	(void)state;
	assert_int_equal(fence_begin(&fence, 1, &patience, &before), 0);
	assert_int_equal(fence_close(&fence, &segment), 0);
	assert_false(fence.item[0].closed);
	assert_int_equal(fence_open(&fence.item[0]), 0);
	end_fence(&fence);
	assert_int_equal(look(segment.id).mode, 0);
	sysv_remove(segment.id);
}

static void a_segment_that_cannot_be_closed_is_not_in_the_fence(void **state)
{
	struct segment segment = make(0600);
	struct fence fence;

	(void)state;
	fault.set = EPERM;
	assert_int_equal(fence_begin(&fence, 1, &patience, &before), 0);
	assert_int_equal(fence_close(&fence, &segment), -1);
	assert_int_equal(errno, EPERM);
	assert_int_equal(fence.count, 0);
	end_fence(&fence);
	sysv_remove(segment.id);
}

/* Close a segment, have somebody do something to it, and open it. */
static int open_after(struct segment *segment, void (*change)(const struct segment *))
{
	struct fence fence;
	int result, error;

	*segment = make(0600);
	assert_int_equal(fence_begin(&fence, 1, &patience, &before), 0);
	assert_int_equal(fence_close(&fence, segment), 0);
	change(segment);
	result = fence_open(&fence.item[0]);
	error = errno;
	end_fence(&fence);
	errno = error;
	return result;
}

static void remove_it(const struct segment *segment)
{
	sysv_remove(segment->id);
}

static void set_another_mode(const struct segment *segment)
{
	sysv_set_mode(segment, 0444);
}

static void refuse_to_set(const struct segment *segment)
{
	(void)segment;
	fault.set = EPERM;
}

static void refuse_to_look(const struct segment *segment)
{
	(void)segment;
	fault.stat = EACCES;
}

static void *held;

static void attach_and_mark(const struct segment *segment)
{
	held = shmat(segment->id, NULL, 0);
	sysv_remove(segment->id);
}

static void to_open_one_that_is_gone_is_no_error(void **state)
{
	struct segment segment;

	(void)state;
	assert_int_equal(open_after(&segment, remove_it), 0);
}

static void a_mode_that_somebody_else_has_set_stays(void **state)
{
	struct segment segment;

	(void)state;
	assert_int_equal(open_after(&segment, set_another_mode), 0);
	assert_int_equal(look(segment.id).mode, 0444);
	sysv_remove(segment.id);
}

static void one_that_was_marked_is_opened_too(void **state)
{
	struct segment segment;

	(void)state;
	assert_int_equal(open_after(&segment, attach_and_mark), 0);
	assert_true(look(segment.id).dest);
	assert_int_equal(look(segment.id).mode, 0600);
	shmdt(held);
}

static void a_refusal_to_open_is_an_error(void **state)
{
	struct segment segment;

	(void)state;
	assert_int_equal(open_after(&segment, refuse_to_set), -1);
	assert_int_equal(errno, EPERM);
	fault.set = 0;
	assert_int_equal(open_after(&segment, refuse_to_look), -1);
	assert_int_equal(errno, EACCES);
	fault.stat = 0;
}

static void membarrier_settles_it(void **state)
{
	(void)state;
	assert_true(fence_settle());
	assert_int_equal(fault.rested, 0);
}

static void time_settles_it_where_membarrier_does_not(void **state)
{
	(void)state;
	fault.membarrier = EINVAL; /* nohz_full */
	assert_false(fence_settle());
	assert_int_equal(fault.rested, 50);

	fault.membarrier = 0;
	fault.one_processor = true; /* where it returns at once */
	assert_false(fence_settle());
	assert_int_equal(fault.rested, 100);
}

static void without_a_guardian_nothing_begins(void **state)
{
	const int errors[] = {EMFILE, EAGAIN, ECHILD, ENOMEM};
	struct fence fence;

	(void)state;
	for (size_t i = 0; i < COUNT(errors); i++) {
		setup(NULL);
		fault.socketpair = errors[i] == EMFILE ? EMFILE : 0;
		fault.fork = errors[i] == EAGAIN ? EAGAIN : 0;
		fault.guardian_dies = errors[i] == ECHILD;
		assert_int_equal(fence_begin(&fence,
					     errors[i] == ENOMEM ? SIZE_MAX / 1024 : 1,
					     &patience, &before),
				 -1);
		assert_int_equal(errno, errors[i]);
		assert_false(are_signals_blocked());
		assert_true(is_free());
		assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	}
}

static void a_guardian_that_is_not_heard_is_not_waited_for(void **state)
{
	const struct timespec rest = {.tv_nsec = 10 * 1000000};
	struct fence fence;
	int status = 0;
	pid_t pid = __real_fork(), ended = 0;

	(void)state;
	if (pid == 0) {
		fault.deaf = getpid();
		_exit(fence_begin(&fence, 1, &patience, &before) == -1 && errno == ECHILD
			      ? 0
			      : 1);
	}
	for (int i = 0; i < 500 && ended == 0; i++) {
		ended = waitpid(pid, &status, WNOHANG);
		__real_nanosleep(&rest, NULL);
	}
	if (ended == 0)
		kill(pid, SIGKILL);
	assert_int_equal(ended, pid);
	assert_int_equal(status, 0);
	assert_true(is_free());
}

static void a_guardian_whose_read_fails_goes_on_waiting(void **state)
{
	const struct timespec rest = {.tv_nsec = 100 * 1000000};
	const struct segment closed = make(0640);
	struct fence fence;
	unsigned int mode;

	(void)state;
	fault.guardian_mishears = true;
	assert_int_equal(fence_begin(&fence, 1, &patience, &before), 0);
	assert_int_equal(fence_close(&fence, &closed), 0);
	__real_nanosleep(&rest, NULL);
	mode = look(closed.id).mode;
	assert_int_equal(fence_open(&fence.item[0]), 0);
	end_fence(&fence);
	assert_int_equal(mode, 0);
	assert_int_equal(look(closed.id).mode, 0640);
}

/* More often than a read that fails is tried again. */
static void reads_that_signals_interrupt_are_made_again(void **state)
{
	const struct timespec rest = {.tv_nsec = 100 * 1000000};
	const struct segment closed = make(0640);
	struct fence fence;
	unsigned int mode;

	(void)state;
	fault.interrupts = 5;
	assert_int_equal(fence_begin(&fence, 1, &patience, &before), 0);
	assert_int_equal(fault.interrupts, 0);
	assert_int_equal(fence_close(&fence, &closed), 0);
	__real_nanosleep(&rest, NULL);
	mode = look(closed.id).mode;
	assert_int_equal(fence_open(&fence.item[0]), 0);
	end_fence(&fence);
	assert_int_equal(mode, 0);
}

/* Its reads fail, say, while one segment is about to be closed and one is. */
static void a_guardian_that_is_wrong_about_the_end_leaves_no_segment_closed(void **state)
{
	const struct segment next = make(0600), closed = make(0640);
	struct fence fence;

	(void)state;
	assert_int_equal(fence_begin(&fence, 2, &patience, &before), 0);
	assert_int_equal(fence_close(&fence, &closed), 0);
	fence.item[1] = (struct closed){next, true};
	shutdown(fence.channel, SHUT_WR);
	assert_int_equal(
		waitid(P_PID, (id_t)fence.guardian, &(siginfo_t){0}, WEXITED | WNOWAIT),
		0);
	/* Now the remover goes on with the one, and opens both. */
	assert_int_equal(sysv_set_mode(&next, 0), 0);
	for (int i = 0; i < 2; i++)
		assert_int_equal(fence_open(&fence.item[i]), 0);
	end_fence(&fence);
	assert_int_equal(look(closed.id).mode, 0640);
	assert_int_equal(look(next.id).mode, 0600);
}

/* Somebody else's fence; ended by closing the descriptor. */
static int lock_from_elsewhere(void)
{
	int fd = open("/proc/self/ns/ipc", O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	return fd;
}

static void a_second_fence_waits_for_the_first(void **state)
{
	const struct timespec rest = {.tv_nsec = 200 * 1000000};
	struct fence fence;
	int lock = lock_from_elsewhere();
	pid_t other = __real_fork();

	(void)state;
	if (other == 0) {
		__real_nanosleep(&rest, NULL);
		_exit(0);
	}
	close(lock); /* the other process has it alone now */
	assert_int_equal(fence_begin(&fence, 1, &patience, &before), 0);
	assert_true(fence.lock >= 0);
	assert_true(fault.rested >= 50);
	end_fence(&fence);
	waitpid(other, NULL, 0);
}

static void nobody_keeps_a_fence_waiting_for_ever(void **state)
{
	struct fence fence;
	int lock = lock_from_elsewhere();

	(void)state;
	fault.no_rest = true;
	assert_int_equal(fence_begin(&fence, 1, &patience, &before), 0);
	assert_int_equal(fence.lock, -1);
	assert_in_range(fault.rested, 1, 1500);
	end_fence(&fence);
	fault.rested = 0; /* nor again, for each portion */
	assert_int_equal(fence_begin(&fence, 1, &patience, &before), 0);
	assert_int_equal(fence.lock, -1);
	assert_int_equal(fault.rested, 0);
	end_fence(&fence);
	close(lock);
}

static void a_fence_does_without_a_lock_where_there_can_be_none(void **state)
{
	struct fence fence;

	(void)state;
	fault.flock = ENOLCK;
	assert_int_equal(fence_begin(&fence, 1, &patience, &before), 0);
	assert_int_equal(fence.lock, -1);
	assert_int_equal(fault.rested, 0);
	end_fence(&fence);
}

/* In a process group of its own: close them, and say so. */
static void close_and_wait_for_death(const struct segment *segments, size_t count,
				     int closed)
{
	struct fence fence;

	setpgid(0, 0);
	if (fence_begin(&fence, count, &patience, &before))
		_exit(1);
	for (size_t i = 0; i < count; i++)
		fence_close(&fence, &segments[i]);
	if (write(closed, "", 1) != 1)
		_exit(1);
	for (;;)
		pause();
}

/* Kill a process, or its whole group, that has closed some segments of these modes. */
static void kill_inside(bool group, void (*meanwhile)(const struct segment *))
{
	static const unsigned int modes[] = {0600, 0666, 0, 0644};
	struct segment segments[COUNT(modes)];
	int ends[2];
	pid_t pid;
	char word;

	assert_int_equal(pipe(ends), 0);
	for (size_t i = 0; i < COUNT(modes); i++)
		segments[i] = make(modes[i]);
	pid = __real_fork();
	if (pid == 0)
		close_and_wait_for_death(segments, COUNT(modes), ends[1]);
	assert_int_equal(read(ends[0], &word, 1), 1);
	for (size_t i = 0; i < COUNT(modes); i++)
		assert_int_equal(look(segments[i].id).mode, 0);
	if (meanwhile)
		meanwhile(&segments[0]);
	assert_int_equal(kill(group ? -pid : pid, SIGKILL), 0);
	waitpid(pid, NULL, 0);
	wait_until_free();
	for (size_t i = !!meanwhile; i < COUNT(modes); i++) {
		assert_int_equal(look(segments[i].id).mode, modes[i]);
		sysv_remove(segments[i].id);
	}
	close(ends[0]);
	close(ends[1]);
}

static void after_a_kill_the_guardian_opens_all(void **state)
{
	(void)state;
	kill_inside(false, NULL);
}

static void after_a_kill_of_the_whole_group_the_guardian_opens_all(void **state)
{
	(void)state;
	kill_inside(true, NULL);
}

static void the_guardian_does_not_mind_one_that_is_gone(void **state)
{
	(void)state;
	kill_inside(false, remove_it);
}

/* As with a whole container: the remover and the guardian are killed at once. */
static int kill_both(const struct segment *segment)
{
	struct fence fence;
	int ends[2];
	pid_t pid, guardian;

	assert_int_equal(pipe(ends), 0);
	pid = __real_fork();
	if (pid == 0) {
		setpgid(0, 0);
		if (fence_begin(&fence, 1, &patience, &before) ||
		    fence_close(&fence, segment) ||
		    write(ends[1], &fence.guardian, sizeof(pid)) != sizeof(pid) ||
		    write(ends[1], &fence.record_id, sizeof(int)) != sizeof(int))
			_exit(1);
		for (;;)
			pause();
	}
	assert_int_equal(read(ends[0], &guardian, sizeof(pid)), sizeof(pid));
	assert_int_equal(read(ends[0], &fence.record_id, sizeof(int)), sizeof(int));
	close(ends[0]);
	close(ends[1]);
	kill(guardian, SIGSTOP); /* lest it see the end of the other */
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	kill(guardian, SIGKILL);
	wait_until_free();
	for (int i = 0; look(fence.record_id).nattch && i < 10000; i++)
		__real_nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
	return fence.record_id;
}

static void what_a_dead_fence_has_closed_is_opened(void **state)
{
	const struct segment segment = make(0640);
	const int record = kill_both(&segment);
	struct segment now;

	(void)state;
	assert_int_equal(look(segment.id).mode, 0);
	assert_int_equal(fence_record_recover(), 1);
	assert_int_equal(look(segment.id).mode, 0640);
	assert_int_equal(sysv_stat(record, &now), -1);
	assert_int_equal(fence_record_recover(), 0);
	sysv_remove(segment.id);
}

static void what_is_in_use_again_is_not_opened_for_a_dead_fence(void **state)
{
	const struct segment segment = make(0640);
	const int record = kill_both(&segment);
	struct segment now;

	(void)state;
	assert_int_equal(sysv_set_mode(&segment, 0444), 0);
	assert_int_equal(fence_record_recover(), 0);
	assert_int_equal(look(segment.id).mode, 0444);
	assert_int_equal(sysv_stat(record, &now), -1);
	sysv_remove(segment.id);
}

static void a_record_that_cannot_be_worked_off_is_kept(void **state)
{
	const struct segment segment = make(0640);

	(void)state;
	kill_both(&segment);
	fault.set = EPERM;
	assert_int_equal(fence_record_recover(), 0);
	assert_int_equal(look(segment.id).mode, 0);
	fault.set = 0;
	assert_int_equal(fence_record_recover(), 1);
	assert_int_equal(look(segment.id).mode, 0640);
	sysv_remove(segment.id);
}

static void a_living_fence_is_left_alone(void **state)
{
	const struct segment segment = make(0640);
	struct fence fence;

	(void)state;
	assert_int_equal(fence_begin(&fence, 1, &patience, &before), 0);
	assert_non_null(fence.record);
	assert_int_equal(fence_close(&fence, &segment), 0);
	assert_int_equal(fence_record_recover(), 0);
	assert_int_equal(look(segment.id).mode, 0);
	assert_int_equal(fence_open(&fence.item[0]), 0);
	end_fence(&fence);
	sysv_remove(segment.id);
}

/* Make what looks like a record, by some user, and say what is made of it. */
static void imitate(uid_t user, uid_t heir)
{
	struct segment segment = make(0), mark;
	struct fence_record *record;
	pid_t pid = __real_fork();
	int id;

	if (pid == 0) {
		if (user && (setgid(user) || setuid(user)))
			_exit(1);
		record = fence_record_make(&id);
		if (!record)
			_exit(1);
		record->item[0] = (struct closed){segment, true};
		record->item[0].segment.mode = 0666;
		mark = look(id);
		mark.uid = heir;
		_exit(heir != user && sysv_set(&mark) ? 1 : 0);
	}
	assert_int_equal(waitpid(pid, &id, 0), pid);
	assert_int_equal(id, 0);
	assert_int_equal(fence_record_recover(), user == geteuid());
	assert_int_equal(look(segment.id).mode, user == geteuid() ? 0666 : 0);
	sysv_remove(segment.id);
}

static void a_record_that_somebody_else_has_made_is_not_believed(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	imitate(0, 0); /* as it would be believed */
	imitate(60001, 60001);
	imitate(60001, 0);
}

static void without_a_record_there_is_a_fence(void **state)
{
	const struct segment segment = make(0640);
	struct fence fence;

	(void)state;
	assert_int_equal(fence_begin(&fence, FENCE_RECORD_ROOM + 1, &patience, &before),
			 0);
	assert_null(fence.record);
	assert_int_equal(fence_close(&fence, &segment), 0);
	assert_int_equal(fence_open(&fence.item[0]), 0);
	end_fence(&fence);
	assert_int_equal(look(segment.id).mode, 0640);
	sysv_remove(segment.id);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(
			a_closed_segment_lets_nobody_in_and_an_open_one_is_as_before,
			setup),
		cmocka_unit_test_setup(no_signal_arrives_before_the_caller_allows_it,
				       setup),
		cmocka_unit_test_setup(the_guardian_ends_with_the_fence, setup),
		cmocka_unit_test_setup(
			a_segment_of_mode_0_is_not_opened_by_who_has_not_closed_it,
			setup),
		cmocka_unit_test_setup(
			a_segment_that_cannot_be_closed_is_not_in_the_fence, setup),
		cmocka_unit_test_setup(to_open_one_that_is_gone_is_no_error, setup),
		cmocka_unit_test_setup(a_mode_that_somebody_else_has_set_stays, setup),
		cmocka_unit_test_setup(one_that_was_marked_is_opened_too, setup),
		cmocka_unit_test_setup(a_refusal_to_open_is_an_error, setup),
		cmocka_unit_test_setup(membarrier_settles_it, setup),
		cmocka_unit_test_setup(time_settles_it_where_membarrier_does_not, setup),
		cmocka_unit_test_setup(without_a_guardian_nothing_begins, setup),
		cmocka_unit_test_setup(a_guardian_that_is_not_heard_is_not_waited_for,
				       setup),
		cmocka_unit_test_setup(a_guardian_whose_read_fails_goes_on_waiting,
				       setup),
		cmocka_unit_test_setup(reads_that_signals_interrupt_are_made_again,
				       setup),
		cmocka_unit_test_setup(
			a_guardian_that_is_wrong_about_the_end_leaves_no_segment_closed,
			setup),
		cmocka_unit_test_setup(a_second_fence_waits_for_the_first, setup),
		cmocka_unit_test_setup(nobody_keeps_a_fence_waiting_for_ever, setup),
		cmocka_unit_test_setup(
			a_fence_does_without_a_lock_where_there_can_be_none, setup),
		cmocka_unit_test_setup(after_a_kill_the_guardian_opens_all, setup),
		cmocka_unit_test_setup(
			after_a_kill_of_the_whole_group_the_guardian_opens_all, setup),
		cmocka_unit_test_setup(the_guardian_does_not_mind_one_that_is_gone,
				       setup),
		cmocka_unit_test_setup(what_a_dead_fence_has_closed_is_opened, setup),
		cmocka_unit_test_setup(
			what_is_in_use_again_is_not_opened_for_a_dead_fence, setup),
		cmocka_unit_test_setup(a_record_that_cannot_be_worked_off_is_kept, setup),
		cmocka_unit_test_setup(a_living_fence_is_left_alone, setup),
		cmocka_unit_test_setup(
			a_record_that_somebody_else_has_made_is_not_believed, setup),
		cmocka_unit_test_setup(without_a_record_there_is_a_fence, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

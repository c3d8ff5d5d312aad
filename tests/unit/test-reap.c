/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every way that a removal can end, on the real kernel. */
#include "unit.h"

#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/fence-record.h"
#include "lib/fence.h"
#include "lib/reap.h"
#include "lib/segment.h"
#include "lib/sysv.h"

static int patience = FENCE_PATIENCE;

/* What somebody else does in the instant before IPC_RMID, or the error that it gives. */
static void (*before_removal)(int id);
static int removal_error, second_look_error;
static bool removed;
static void *attach_of_other;

/* The same while the fence is closed, and before all are counted. */
static void (*behind_fence)(int id);
static int fenced_id, set_errors[4], membarrier_error;
static size_t sets;

/*
 * Another user's segment that gets the id right before the n-th IPC_SET, counted from 1;
 * 0: never.
 */
static size_t swap_before;

static void swap(int id);

/* The group that the kernel shows; 0: the real one. */
static gid_t shown_group;

int __real_shmctl(int id, int command, struct shmid_ds *ds);
int __wrap_shmctl(int id, int command, struct shmid_ds *ds);

/* The fence's own, with which nobody interferes here. */
static bool is_record(int id)
{
	struct shmid_ds ds;

	return __real_shmctl(id, IPC_STAT, &ds) == 0 &&
	       ds.shm_segsz == sizeof(struct fence_record);
}

int __wrap_shmctl(int id, int command, struct shmid_ds *ds)
{
	int result;

	if (command == IPC_RMID && is_record(id))
		return __real_shmctl(id, command, ds);
	if (command == SHM_STAT_ANY && removed && second_look_error) {
		errno = second_look_error;
		return -1;
	}
	removed = command == IPC_RMID;
	if (command == IPC_SET && sets + 1 == swap_before)
		swap(id);
	if (command == IPC_SET && ++sets <= COUNT(set_errors) && set_errors[sets - 1]) {
		errno = set_errors[sets - 1];
		return -1;
	}
	if (command == IPC_RMID && before_removal)
		before_removal(id);
	if (command == IPC_RMID && removal_error) {
		errno = removal_error;
		return -1;
	}
	result = __real_shmctl(id, command, ds);
	if (command == SHM_STAT_ANY && shown_group)
		ds->shm_perm.gid = shown_group;
	return result;
}

long __real_syscall(long number, long a, long b, long c);
long __wrap_syscall(long number, long a, long b, long c);

long __wrap_syscall(long number, long a, long b, long c)
{
	if (number == SYS_membarrier && behind_fence)
		behind_fence(fenced_id);
	if (number == SYS_membarrier && membarrier_error) {
		errno = membarrier_error;
		return -1;
	}
	return __real_syscall(number, a, b, c);
}

pid_t __real_fork(void);
pid_t __wrap_fork(void);
static int fork_error, fork_status;

pid_t __wrap_fork(void)
{
	errno = fork_error;
	return fork_error ? -1 : __real_fork();
}

long __real_sysconf(int name);
long __wrap_sysconf(int name);

long __wrap_sysconf(int name)
{
	return name == _SC_NPROCESSORS_ONLN ? 2 : __real_sysconf(name);
}

static void remove_it(int id)
{
	__real_shmctl(id, IPC_RMID, NULL);
}

enum { STRANGER = 60001, HEIR = 60002 };

static void ask_for_id(int id)
{
	FILE *file = fopen("/proc/sys/kernel/shm_next_id", "w");

	if (!file)
		skip();
	fprintf(file, "%d", id);
	assert_int_equal(fclose(file), 0);
}

/* The other is of the same key and size, but made by another user. */
static void swap(int id)
{
	struct segment was;
	pid_t pid;

	swap_before = 0;
	assert_int_equal(sysv_stat(id, &was), 0);
	remove_it(id);
	ask_for_id(id);
	pid = __real_fork();
	if (pid == 0) {
		if (setgid(STRANGER) || setuid(STRANGER))
			_exit(2);
		_exit(CREATE(was.key, was.size, 0644) != id);
	}
	assert_int_equal(waitpid(pid, &fork_status, 0), pid);
	assert_int_equal(fork_status, 0);
}

static void attach_it(int id)
{
	attach_of_other = shmat(id, NULL, 0);
}

/* A new segment, and what reap has seen of it. */
static struct segment make(uint32_t key)
{
	int id = CREATE(key, 4096, 0600);
	struct segment seen;

	assert_true(id >= 0);
	assert_int_equal(sysv_stat(id, &seen), 0);
	return seen;
}

static bool exists(int id)
{
	struct segment now;

	return sysv_stat(id, &now) == 0;
}

static enum reaped outcome(struct reaping *reaping, bool unused)
{
	reap(reaping, unused);
	return reaping->outcome;
}

static int reset(void **state)
{
	(void)state;
	before_removal = behind_fence = NULL;
	removal_error = second_look_error = membarrier_error = fork_error = 0;
	swap_before = 0;
	memset(set_errors, 0, sizeof(set_errors));
	sets = 0;
	removed = false;
	return 0;
}

static void an_unattached_segment_is_removed(void **state)
{
	struct reaping it = {.seen = make(0)};

	(void)state;
	assert_int_equal(outcome(&it, true), REAPED_REMOVED);
	assert_false(exists(it.seen.id));
}

static void an_attached_segment_is_marked(void **state)
{
	struct reaping it = {.seen = make(0x55)};
	void *at = shmat(it.seen.id, NULL, 0);

	(void)state;
	assert_int_equal(outcome(&it, false), REAPED_MARKED);
	assert_int_equal(it.now.nattch, 1);
	assert_true(it.now.dest);
	shmdt(at);
	assert_false(exists(it.seen.id));
}

static void an_attached_segment_is_kept_if_only_unused_ones_may_go(void **state)
{
	struct reaping it = {.seen = make(0x55)};
	void *at = shmat(it.seen.id, NULL, 0);

	(void)state;
	assert_int_equal(outcome(&it, true), REAPED_USED);
	assert_int_equal(sysv_find(0x55), it.seen.id);
	shmdt(at);
	remove_it(it.seen.id);
}

static void a_segment_that_is_gone_is_absent(void **state)
{
	struct reaping it = {.seen = make(0)};

	(void)state;
	remove_it(it.seen.id);
	assert_int_equal(outcome(&it, true), REAPED_ABSENT);
}

static void a_segment_that_goes_at_the_last_moment_is_absent(void **state)
{
	struct reaping it = {.seen = make(0)};

	(void)state;
	before_removal = remove_it;
	assert_int_equal(outcome(&it, true), REAPED_ABSENT);
}

static void a_segment_that_was_changed_is_kept(void **state)
{
	struct reaping it = {.seen = make(0)};

	(void)state;
	it.seen.ctime--;
	assert_int_equal(outcome(&it, false), REAPED_CHANGED);
	assert_true(exists(it.seen.id));
	remove_it(it.seen.id);
}

static void another_segment_under_the_same_id_is_kept(void **state)
{
	struct reaping it = {.seen = make(0x66)};

	(void)state;
	it.seen.key = 0x67;
	assert_int_equal(outcome(&it, false), REAPED_CHANGED);
	assert_int_equal(sysv_find(0x66), it.seen.id);
	remove_it(it.seen.id);
}

static void an_attach_at_the_last_moment_is_reported_as_marked(void **state)
{
	struct reaping it = {.seen = make(0)};

	(void)state;
	before_removal = attach_it;
	assert_int_equal(outcome(&it, true), REAPED_MARKED);
	assert_int_equal(it.now.nattch, 1);
	shmdt(attach_of_other);
	assert_false(exists(it.seen.id));
}

/* What others do between the look and the removal, without staying attached. */
static void attach_and_detach(struct segment *seen)
{
	shmdt(shmat(seen->id, NULL, 0));
}

static void lock(struct segment *seen)
{
	shmctl(seen->id, SHM_LOCK, NULL);
}

static void change_mode(struct segment *seen)
{
	struct shmid_ds ds;

	__real_shmctl(seen->id, IPC_STAT, &ds);
	ds.shm_perm.mode = 0666;
	__real_shmctl(seen->id, IPC_SET, &ds);
}

/* Before the look: the second in which it happens is the one that was seen. */
static void use_again_within_the_second(struct segment *seen)
{
	attach_and_detach(seen);
	assert_int_equal(sysv_stat(seen->id, seen), 0);
	seen->lpid++;
}

static void a_segment_touched_since_is_kept_if_only_unused_ones_may_go(void **state)
{
	void (*const touches[])(struct segment *) = {attach_and_detach, lock, change_mode,
						     use_again_within_the_second};

	(void)state;
	for (size_t i = 0; i < COUNT(touches); i++) {
		struct reaping it = {.seen = make(0)};

		touches[i](&it.seen);
		assert_int_equal(outcome(&it, true), REAPED_USED);
		assert_true(exists(it.seen.id));
		assert_int_equal(outcome(&it, false), REAPED_REMOVED);
	}
}

static void a_second_look_that_fails_is_no_proof_of_removal(void **state)
{
	struct reaping it = {.seen = make(0)};

	(void)state;
	second_look_error = EACCES;
	reap(&it, true);
	assert_int_equal(it.outcome, REAPED_FAILED);
	assert_int_equal(it.error, EACCES);
	assert_true(it.done);
	second_look_error = 0;
	assert_false(exists(it.seen.id));
}

static void a_refusal_is_an_error_and_the_segment_stays(void **state)
{
	struct reaping it = {.seen = make(0)};

	(void)state;
	removal_error = EPERM;
	reap(&it, true);
	assert_int_equal(it.outcome, REAPED_FAILED);
	assert_int_equal(it.error, EPERM);
	assert_true(exists(it.seen.id));
	remove_it(it.seen.id);
}

/* reap_fenced(), after which signals arrive again. */
static int fence_off(struct reaping *batch, size_t count, bool all_mapped)
{
	sigset_t before;
	int result = reap_fenced(batch, count, all_mapped, &patience, &before),
	    error = errno;

	sigprocmask(SIG_SETMASK, &before, NULL);
	errno = error;
	return result;
}

/* Make one, fence it with what happens meanwhile, and say what became of it. */
static struct reaping fenced(unsigned int mode, void (*meanwhile)(int id))
{
	struct reaping it = {0};
	int id = CREATE(0x77, 4096, mode);

	assert_true(id >= 0);
	assert_int_equal(sysv_stat(id, &it.seen), 0);
	fenced_id = id;
	behind_fence = meanwhile;
	assert_int_equal(fence_off(&it, 1, true), 1);
	behind_fence = NULL;
	return it;
}

static unsigned int mode_of(int id)
{
	struct segment now;

	assert_int_equal(sysv_stat(id, &now), 0);
	return now.mode;
}

static void behind_a_fence_an_unused_segment_is_removed(void **state)
{
	(void)state;
	assert_int_equal(fenced(0640, NULL).outcome, REAPED_REMOVED);
	assert_int_equal(sysv_find(0x77), -1);
	assert_int_equal(fenced(0, NULL).outcome, REAPED_REMOVED);
	assert_int_equal(sysv_find(0x77), -1);
}

static void attach_and_leave(int id)
{
	shmdt(shmat(id, NULL, 0));
}

static void set_a_mode(int id)
{
	struct segment segment = {.id = id};

	assert_int_equal(sysv_set_mode(&segment, 0444), 0);
}

static void lock_it(int id)
{
	__real_shmctl(id, SHM_LOCK, NULL);
}

static void
who_was_let_in_before_the_fence_keeps_the_segment_with_key_and_mode(void **state)
{
	struct reaping it = fenced(0640, attach_it);

	(void)state;
	assert_int_equal(it.outcome, REAPED_USED);
	assert_int_equal(it.now.nattch, 1);
	assert_int_equal(sysv_find(0x77), it.seen.id);
	assert_int_equal(mode_of(it.seen.id), 0640);
	shmdt(attach_of_other);
	remove_it(it.seen.id);
}

static void what_is_used_or_changed_behind_the_fence_is_kept(void **state)
{
	void (*const changes[])(int id) = {attach_and_leave, lock_it, set_a_mode};
	const unsigned int modes[] = {0640, 0640, 0444};

	(void)state;
	for (size_t i = 0; i < COUNT(changes); i++) {
		struct reaping it = fenced(0640, changes[i]);

		assert_int_equal(it.outcome, REAPED_USED);
		assert_int_equal(mode_of(it.seen.id), modes[i]);
		remove_it(it.seen.id);
	}
}

static void a_segment_of_mode_0_that_is_used_stays_at_mode_0(void **state)
{
	struct reaping it = fenced(0, attach_it);

	(void)state;
	assert_int_equal(it.outcome, REAPED_USED);
	assert_int_equal(mode_of(it.seen.id), 0);
	shmdt(attach_of_other);
	remove_it(it.seen.id);
}

static void what_goes_behind_the_fence_is_absent(void **state)
{
	(void)state;
	assert_int_equal(fenced(0640, remove_it).outcome, REAPED_ABSENT);
}

static void a_privileged_latecomer_is_told_of_and_can_use_what_is_marked(void **state)
{
	struct reaping it;

	(void)state;
	before_removal = attach_it;
	it = fenced(0640, NULL);
	assert_int_equal(it.outcome, REAPED_MARKED);
	assert_int_equal(it.now.nattch, 1);
	assert_int_equal(mode_of(it.seen.id), 0640);
	shmdt(attach_of_other);
	assert_false(exists(it.seen.id));
}

static void what_cannot_be_removed_gets_its_mode_back(void **state)
{
	struct reaping it;

	(void)state;
	removal_error = EPERM;
	it = fenced(0640, NULL);
	assert_int_equal(it.outcome, REAPED_FAILED);
	assert_int_equal(it.error, EPERM);
	assert_int_equal(mode_of(it.seen.id), 0640);
	remove_it(it.seen.id);
}

static void what_cannot_be_closed_is_left_alone(void **state)
{
	struct reaping it;

	(void)state;
	set_errors[0] = EPERM;
	it = fenced(0640, NULL);
	assert_int_equal(it.outcome, REAPED_FAILED);
	assert_int_equal(it.error, EPERM);
	assert_int_equal(mode_of(it.seen.id), 0640);
	remove_it(it.seen.id);
}

static void a_mode_that_cannot_be_put_back_is_an_error(void **state)
{
	struct reaping it;

	(void)state;
	set_errors[1] = EPERM;
	it = fenced(0640, attach_it);
	assert_int_equal(it.outcome, REAPED_FAILED);
	assert_int_equal(it.error, EPERM);
	shmdt(attach_of_other);
	remove_it(it.seen.id);
}

static void what_is_used_or_gone_before_the_fence_is_not_closed(void **state)
{
	struct reaping it = {.seen = make(0)};

	(void)state;
	attach_it(it.seen.id);
	assert_int_equal(fence_off(&it, 1, true), 1);
	assert_int_equal(it.outcome, REAPED_USED);
	assert_int_equal(sets, 0);
	shmdt(attach_of_other);
	remove_it(it.seen.id);
	assert_int_equal(fence_off(&it, 1, true), 1);
	assert_int_equal(it.outcome, REAPED_ABSENT);
}

static void one_fence_sorts_many_segments(void **state)
{
	struct reaping batch[5] = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(batch); i++)
		batch[i].seen = make(0);
	remove_it(batch[0].seen.id);
	batch[2].seen.ctime--;
	fenced_id = batch[3].seen.id;
	behind_fence = attach_it;
	assert_int_equal(fence_off(batch, COUNT(batch), true), 1);
	assert_int_equal(batch[0].outcome, REAPED_ABSENT);
	assert_int_equal(batch[1].outcome, REAPED_REMOVED);
	assert_int_equal(batch[2].outcome, REAPED_CHANGED);
	assert_int_equal(batch[3].outcome, REAPED_USED);
	assert_int_equal(batch[4].outcome, REAPED_REMOVED);
	shmdt(attach_of_other);
	remove_it(batch[2].seen.id);
	remove_it(batch[3].seen.id);
	assert_int_equal(fence_off(batch, 0, true), 1);
}

static void without_membarrier_it_works_and_says_so(void **state)
{
	struct reaping it = {.seen = make(0)};

	(void)state;
	membarrier_error = EPERM;
	assert_int_equal(fence_off(&it, 1, true), 0);
	assert_int_equal(it.outcome, REAPED_REMOVED);
}

static void without_a_fence_nothing_is_touched(void **state)
{
	struct reaping it = {.seen = make(0)};

	(void)state;
	fork_error = EAGAIN;
	assert_int_equal(fence_off(&it, 1, true), -1);
	assert_int_equal(errno, EAGAIN);
	assert_true(exists(it.seen.id));
	assert_int_equal(sets, 0);
	remove_it(it.seen.id);
}

/* To close it would give it to user or group 65534. */
static void what_belongs_to_somebody_without_a_number_is_not_closed(void **state)
{
	struct reaping it;

	(void)state;
	shown_group = 65534;
	it = (struct reaping){.seen = make(0)};
	assert_int_equal(fence_off(&it, 1, false), 1);
	assert_int_equal(it.outcome, REAPED_FAILED);
	assert_int_equal(it.error, EOVERFLOW);
	assert_int_equal(sets, 0);
	remove_it(it.seen.id);
}

/* A segment of somebody else's, who has got it from root. */
static struct segment make_of_heir(void)
{
	struct segment segment = make(0x78);

	segment.uid = segment.gid = HEIR;
	assert_int_equal(sysv_set(&segment), 0);
	assert_int_equal(sysv_stat(segment.id, &segment), 0);
	sets = 0;
	return segment;
}

/* What has become of another user's segment that got the id before the n-th IPC_SET. */
static void expect_it_back(size_t n, void (*meanwhile)(int id))
{
	struct reaping it = {.seen = make_of_heir()};
	struct segment now;

	fenced_id = it.seen.id;
	behind_fence = meanwhile;
	swap_before = n;
	assert_int_equal(fence_off(&it, 1, true), 1);
	behind_fence = NULL;
	assert_int_equal(it.outcome, REAPED_STRAY);
	assert_false(it.done);
	assert_int_equal(sysv_stat(it.seen.id, &now), 0);
	assert_int_equal(now.cuid, STRANGER);
	assert_int_equal(now.uid, STRANGER);
	assert_int_equal(now.gid, STRANGER);
	assert_int_equal(now.mode, 0600);
	assert_true(segment_untouched(&now, &it.now));
	remove_it(now.id);
}

static void a_stranger_that_is_closed_in_its_place_is_given_back(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	expect_it_back(1, NULL);
}

static void a_stranger_that_is_opened_in_its_place_is_given_back(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	expect_it_back(2, lock_it);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(an_unattached_segment_is_removed, reset),
		cmocka_unit_test_setup(an_attached_segment_is_marked, reset),
		cmocka_unit_test_setup(
			an_attached_segment_is_kept_if_only_unused_ones_may_go, reset),
		cmocka_unit_test_setup(a_segment_that_is_gone_is_absent, reset),
		cmocka_unit_test_setup(a_segment_that_goes_at_the_last_moment_is_absent,
				       reset),
		cmocka_unit_test_setup(a_segment_that_was_changed_is_kept, reset),
		cmocka_unit_test_setup(another_segment_under_the_same_id_is_kept, reset),
		cmocka_unit_test_setup(an_attach_at_the_last_moment_is_reported_as_marked,
				       reset),
		cmocka_unit_test_setup(
			a_segment_touched_since_is_kept_if_only_unused_ones_may_go,
			reset),
		cmocka_unit_test_setup(a_second_look_that_fails_is_no_proof_of_removal,
				       reset),
		cmocka_unit_test_setup(a_refusal_is_an_error_and_the_segment_stays,
				       reset),
		cmocka_unit_test_setup(behind_a_fence_an_unused_segment_is_removed,
				       reset),
		cmocka_unit_test_setup(
			who_was_let_in_before_the_fence_keeps_the_segment_with_key_and_mode,
			reset),
		cmocka_unit_test_setup(what_is_used_or_changed_behind_the_fence_is_kept,
				       reset),
		cmocka_unit_test_setup(a_segment_of_mode_0_that_is_used_stays_at_mode_0,
				       reset),
		cmocka_unit_test_setup(what_goes_behind_the_fence_is_absent, reset),
		cmocka_unit_test_setup(
			a_privileged_latecomer_is_told_of_and_can_use_what_is_marked,
			reset),
		cmocka_unit_test_setup(what_cannot_be_removed_gets_its_mode_back, reset),
		cmocka_unit_test_setup(what_cannot_be_closed_is_left_alone, reset),
		cmocka_unit_test_setup(a_mode_that_cannot_be_put_back_is_an_error, reset),
		cmocka_unit_test_setup(
			what_is_used_or_gone_before_the_fence_is_not_closed, reset),
		cmocka_unit_test_setup(
			a_stranger_that_is_closed_in_its_place_is_given_back, reset),
		cmocka_unit_test_setup(
			a_stranger_that_is_opened_in_its_place_is_given_back, reset),
		cmocka_unit_test_setup(one_fence_sorts_many_segments, reset),
		cmocka_unit_test_setup(without_membarrier_it_works_and_says_so, reset),
		cmocka_unit_test_setup(without_a_fence_nothing_is_touched, reset),
		cmocka_unit_test_setup(
			what_belongs_to_somebody_without_a_number_is_not_closed, reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

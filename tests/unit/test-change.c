/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every way that a change can end, on the real kernel. */
#include "unit.h"

#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/change.h"
#include "lib/sysv.h"
#include "lib/unmapped.h"

/* What somebody else does right before or after a call, or the error that it gives. */
static void (*before_set)(int id), (*after_set)(int id), (*after_lock)(int id);
static int set_error, lock_error, look_error;
static bool lock_is_ignored;
static size_t sets, locks;
static gid_t shown_group; /* that the kernel shows; 0: the real one */

int __real_shmctl(int id, int command, struct shmid_ds *ds);
int __wrap_shmctl(int id, int command, struct shmid_ds *ds);

static int refuse(int error)
{
	errno = error;
	return -1;
}

static int wrap_set(int id, struct shmid_ds *ds)
{
	int result;

	sets++;
	if (before_set)
		before_set(id);
	if (set_error)
		return refuse(set_error);
	result = __real_shmctl(id, IPC_SET, ds);
	if (after_set)
		after_set(id);
	return result;
}

static int wrap_lock(int id, int command)
{
	int result;

	locks++;
	if (lock_error)
		return refuse(lock_error);
	if (lock_is_ignored)
		return 0;
	result = __real_shmctl(id, command, NULL);
	if (after_lock)
		after_lock(id);
	return result;
}

int __wrap_shmctl(int id, int command, struct shmid_ds *ds)
{
	int result;

	if (command == IPC_SET)
		return wrap_set(id, ds);
	if (command == SHM_LOCK || command == SHM_UNLOCK)
		return wrap_lock(id, command);
	if (command == SHM_STAT_ANY && look_error)
		return refuse(look_error);
	result = __real_shmctl(id, command, ds);
	if (command == SHM_STAT_ANY && shown_group)
		ds->shm_perm.gid = shown_group;
	return result;
}

/* What others do. */
static void remove_it(int id)
{
	__real_shmctl(id, IPC_RMID, NULL);
}

static void set_mode(int id)
{
	struct shmid_ds ds;

	__real_shmctl(id, IPC_STAT, &ds);
	ds.shm_perm.mode = 0444;
	__real_shmctl(id, IPC_SET, &ds);
}

static int reset(void **state)
{
	(void)state;
	before_set = after_set = after_lock = NULL;
	set_error = lock_error = look_error = 0;
	lock_is_ignored = false;
	sets = locks = 0;
	shown_group = 0;
	return 0;
}

static struct changing make(void)
{
	struct changing it = {0};
	int id = CREATE(0x55, 4096, 0600);

	assert_true(id >= 0);
	assert_int_equal(sysv_stat(id, &it.seen), 0);
	return it;
}

/* Change it, and say how that ended. It is removed, if it is still there. */
static enum changed outcome(struct changing *it, struct wish wish)
{
	change(it, &wish, true);
	remove_it(it->seen.id);
	return it->outcome;
}

static const struct wish as_it_is = {.mode = WISH_ANY_MODE};
static const struct wish mode_0640 = {.mode = 0640};
static const struct wish locked = {.mode = WISH_ANY_MODE, .lock = true};
static const struct wish locked_0640 = {.mode = 0640, .lock = true};

static void a_wish_is_whatever_is_asked_for(void **state)
{
	(void)state;
	assert_false(wish_is_set(&as_it_is));
	assert_true(wish_is_set(&mode_0640));
	assert_true(wish_sets(&mode_0640));
	assert_true(wish_is_set(&locked));
	assert_false(wish_sets(&locked));
	assert_true(
		wish_sets(&(struct wish){{true, 0}, {false, 0}, WISH_ANY_MODE, 0, 0}));
	assert_true(
		wish_sets(&(struct wish){{false, 0}, {true, 0}, WISH_ANY_MODE, 0, 0}));
}

static void what_is_not_asked_for_stays(void **state)
{
	const struct segment was = {
		.id = 1, .uid = 2, .gid = 3, .mode = 0600, .locked = true};
	struct wish wish = as_it_is;
	struct segment is = wish_applied(&wish, &was);

	(void)state;
	assert_true(change_is_none(&was, &is));
	wish.owner = (struct some_id){true, 9};
	is = wish_applied(&wish, &was);
	assert_int_equal(is.uid, 9);
	assert_int_equal(is.gid, 3);
	assert_int_equal(is.mode, 0600);
	assert_true(is.locked);
	wish = (struct wish){.group = {true, 8}, .mode = 0, .unlock = true};
	is = wish_applied(&wish, &was);
	assert_int_equal(is.uid, 2);
	assert_int_equal(is.gid, 8);
	assert_int_equal(is.mode, 0);
	assert_false(is.locked);
}

static void mode_and_lock_are_changed_and_the_owner_stays(void **state)
{
	struct changing it = make();
	struct wish wish = {.mode = 0640, .lock = true};

	(void)state;
	assert_int_equal(outcome(&it, wish), CHANGED_DONE);
	assert_int_equal(it.before.mode, 0600);
	assert_false(it.before.locked);
	assert_int_equal(it.now.mode, 0640);
	assert_int_equal(it.now.uid, it.before.uid);
	assert_int_equal(it.now.gid, it.before.gid);
	assert_true(it.now.locked);
}

static void what_is_so_already_is_not_called_for(void **state)
{
	struct changing it = make();
	struct wish wish = {.mode = 0600, .unlock = true};

	(void)state;
	wish.owner = (struct some_id){true, it.seen.uid};
	wish.group = (struct some_id){true, it.seen.gid};
	assert_int_equal(outcome(&it, wish), CHANGED_NOTHING);
	assert_int_equal(sets + locks, 0);
}

static void only_the_calls_that_are_needed_are_made(void **state)
{
	struct changing it = make();

	(void)state;
	assert_int_equal(outcome(&it, locked), CHANGED_DONE);
	assert_int_equal(sets, 0);
	assert_int_equal(locks, 1);
	it = make();
	assert_int_equal(outcome(&it, mode_0640), CHANGED_DONE);
	assert_int_equal(sets, 1);
	assert_int_equal(locks, 1);
}

static void what_is_locked_is_unlocked(void **state)
{
	struct changing it = make();

	(void)state;
	assert_int_equal(sysv_lock(it.seen.id, true), 0);
	assert_int_equal(
		outcome(&it, (struct wish){.mode = WISH_ANY_MODE, .unlock = true}),
		CHANGED_DONE);
	assert_true(it.before.locked);
	assert_false(it.now.locked);
}

static void a_segment_that_is_gone_is_absent(void **state)
{
	struct changing it = make();

	(void)state;
	remove_it(it.seen.id);
	assert_int_equal(outcome(&it, mode_0640), CHANGED_ABSENT);
	it = make();
	before_set = remove_it;
	assert_int_equal(outcome(&it, mode_0640), CHANGED_ABSENT);
	it = make();
	before_set = NULL;
	after_set = remove_it;
	assert_int_equal(outcome(&it, mode_0640), CHANGED_ABSENT);
	it = make();
	after_lock = remove_it;
	assert_int_equal(outcome(&it, locked_0640), CHANGED_ABSENT);
}

enum { STRANGER = 60001 };

/* Another user's segment, of the same key and size, gets the id. */
static void swap(int id)
{
	FILE *file = fopen("/proc/sys/kernel/shm_next_id", "w");
	int status;
	pid_t pid;

	before_set = after_set = NULL;
	if (geteuid() != 0 || !file)
		skip();
	fprintf(file, "%d", id);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(__real_shmctl(id, IPC_RMID, NULL), 0);
	pid = fork();
	if (pid == 0) {
		if (setgid(STRANGER) || setuid(STRANGER))
			_exit(2);
		_exit(shmget(0x55, 4096, IPC_CREAT | IPC_EXCL | 0644) != id);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void another_segment_that_is_set_in_its_place_is_given_back(void **state)
{
	struct changing it = make();

	(void)state;
	before_set = swap;
	change(&it, &mode_0640, true);
	assert_int_equal(it.outcome, CHANGED_STRAY);
	assert_int_equal(it.now.cuid, STRANGER);
	assert_int_equal(it.now.uid, STRANGER);
	assert_int_equal(it.now.gid, STRANGER);
	assert_int_equal(it.now.mode, 0600);
	assert_int_equal(sysv_remove(it.now.id), 0);
}

static void another_segment_that_comes_after_it_was_set_is_left_alone(void **state)
{
	struct changing it = make();
	struct segment now;

	(void)state;
	after_set = swap;
	change(&it, &mode_0640, true);
	assert_int_equal(it.outcome, CHANGED_ABSENT);
	assert_int_equal(sysv_stat(it.seen.id, &now), 0);
	assert_int_equal(now.mode, 0644);
	assert_int_equal(sysv_remove(now.id), 0);
}

static void another_segment_under_the_same_id_is_left_alone(void **state)
{
	struct changing it = make();

	(void)state;
	it.seen.key = 0x56;
	assert_int_equal(outcome(&it, locked_0640), CHANGED_OTHER);
	it = make();
	it.seen.ctime--;
	assert_int_equal(outcome(&it, locked_0640), CHANGED_OTHER);
	assert_int_equal(sets + locks, 0);
}

/* Else the mode that another has just set would be lost, or a guard be passed. */
static void a_segment_that_was_changed_within_the_second_is_left_alone(void **state)
{
	struct changing it = make();

	(void)state;
	it.seen.mode = 0400;
	assert_int_equal(outcome(&it, locked_0640), CHANGED_OTHER);
	it = make();
	it.seen.uid++;
	assert_int_equal(outcome(&it, locked_0640), CHANGED_OTHER);
	it = make();
	it.seen.gid++;
	assert_int_equal(outcome(&it, locked_0640), CHANGED_OTHER);
	assert_int_equal(sets + locks, 0);
}

static void what_is_changed_while_it_is_locked_is_not_set(void **state)
{
	struct changing it = make();

	(void)state;
	after_lock = set_mode;
	assert_int_equal(outcome(&it, locked_0640), CHANGED_OTHER);
	assert_int_equal(it.now.mode, 0444);
	assert_true(it.relocked);
	assert_int_equal(sets, 0);
}

static void what_another_changes_right_afterwards_is_noticed(void **state)
{
	struct changing it = make();

	(void)state;
	after_set = set_mode;
	assert_int_equal(outcome(&it, mode_0640), CHANGED_AGAIN);
	assert_int_equal(it.wanted.mode, 0640);
	assert_int_equal(it.now.mode, 0444);
}

/* As for huge pages. */
static void a_lock_that_the_kernel_ignores_is_noticed(void **state)
{
	struct changing it = make();

	(void)state;
	lock_is_ignored = true;
	assert_int_equal(outcome(&it, locked), CHANGED_AGAIN);
	assert_false(it.now.locked);
}

static void what_cannot_be_locked_is_not_set_either(void **state)
{
	const int errors[] = {EPERM, ENOMEM};

	(void)state;
	for (size_t i = 0; i < COUNT(errors); i++) {
		struct changing it = make();

		lock_error = errors[i];
		assert_int_equal(outcome(&it, locked_0640), CHANGED_NOT_LOCKED);
		assert_int_equal(it.error, errors[i]);
		assert_int_equal(it.now.mode, 0600);
	}
	assert_int_equal(sets, 0);
}

static void what_cannot_be_set_says_what_was_locked_before(void **state)
{
	struct changing it = make();

	(void)state;
	set_error = EPERM;
	assert_int_equal(outcome(&it, locked_0640), CHANGED_NOT_SET);
	assert_int_equal(it.error, EPERM);
	assert_true(it.relocked);
	assert_true(it.now.locked);
	assert_int_equal(it.now.mode, 0600);
}

static void an_owner_without_a_number_is_not_taken_for_an_absent_segment(void **state)
{
	struct changing it = make();

	(void)state;
	set_error = EINVAL;
	assert_int_equal(outcome(&it, mode_0640), CHANGED_NOT_SET);
	assert_int_equal(it.error, EINVAL);
}

static void a_look_that_fails_is_an_error_and_nothing_is_done(void **state)
{
	struct changing it = make();

	(void)state;
	look_error = EACCES;
	assert_int_equal(outcome(&it, locked_0640), CHANGED_NOT_LOOKED);
	assert_int_equal(it.error, EACCES);
	assert_int_equal(sets + locks, 0);
}

static void what_belongs_to_somebody_without_a_number_is_not_set(void **state)
{
	struct changing it;

	(void)state;
	shown_group = 65534;
	it = make();
	assert_true(unmapped_owns(unmapped_read(), &it.seen));
	change(&it, &mode_0640, false);
	assert_int_equal(it.outcome, CHANGED_UNMAPPED);
	assert_int_equal(sets, 0);
	/* To lock it sets nobody. */
	change(&it, &locked, false);
	assert_int_equal(it.outcome, CHANGED_DONE);
	/* Where everybody has a number it is an ordinary one; elsewhere the kernel refuses. */
	change(&it, &mode_0640, true);
	if (it.outcome == CHANGED_NOT_SET)
		assert_int_equal(it.error, EINVAL);
	else
		assert_int_equal(it.outcome, CHANGED_DONE);
	remove_it(it.seen.id);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_wish_is_whatever_is_asked_for, reset),
		cmocka_unit_test_setup(what_is_not_asked_for_stays, reset),
		cmocka_unit_test_setup(mode_and_lock_are_changed_and_the_owner_stays,
				       reset),
		cmocka_unit_test_setup(what_is_so_already_is_not_called_for, reset),
		cmocka_unit_test_setup(only_the_calls_that_are_needed_are_made, reset),
		cmocka_unit_test_setup(what_is_locked_is_unlocked, reset),
		cmocka_unit_test_setup(a_segment_that_is_gone_is_absent, reset),
		cmocka_unit_test_setup(
			another_segment_that_is_set_in_its_place_is_given_back, reset),
		cmocka_unit_test_setup(
			another_segment_that_comes_after_it_was_set_is_left_alone, reset),
		cmocka_unit_test_setup(another_segment_under_the_same_id_is_left_alone,
				       reset),
		cmocka_unit_test_setup(
			a_segment_that_was_changed_within_the_second_is_left_alone,
			reset),
		cmocka_unit_test_setup(what_is_changed_while_it_is_locked_is_not_set,
				       reset),
		cmocka_unit_test_setup(what_another_changes_right_afterwards_is_noticed,
				       reset),
		cmocka_unit_test_setup(a_lock_that_the_kernel_ignores_is_noticed, reset),
		cmocka_unit_test_setup(what_cannot_be_locked_is_not_set_either, reset),
		cmocka_unit_test_setup(what_cannot_be_set_says_what_was_locked_before,
				       reset),
		cmocka_unit_test_setup(
			an_owner_without_a_number_is_not_taken_for_an_absent_segment,
			reset),
		cmocka_unit_test_setup(a_look_that_fails_is_an_error_and_nothing_is_done,
				       reset),
		cmocka_unit_test_setup(
			what_belongs_to_somebody_without_a_number_is_not_set, reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

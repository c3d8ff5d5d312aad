/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every way that a removal can end, on the real kernel. */
#include "unit.h"

#include <sys/shm.h>

#include "lib/reap.h"
#include "lib/segment.h"
#include "lib/sysv.h"

/* What somebody else does in the instant before IPC_RMID, or the error that it gives. */
static void (*before_removal)(int id);
static int removal_error, second_look_error;
static bool removed;
static void *attach_of_other;

int __real_shmctl(int id, int command, struct shmid_ds *ds);
int __wrap_shmctl(int id, int command, struct shmid_ds *ds);

int __wrap_shmctl(int id, int command, struct shmid_ds *ds)
{
	if (command == SHM_STAT_ANY && removed && second_look_error) {
		errno = second_look_error;
		return -1;
	}
	removed = command == IPC_RMID;
	if (command == IPC_RMID && before_removal)
		before_removal(id);
	if (command == IPC_RMID && removal_error) {
		errno = removal_error;
		return -1;
	}
	return __real_shmctl(id, command, ds);
}

static void remove_it(int id)
{
	__real_shmctl(id, IPC_RMID, NULL);
}

static void attach_it(int id)
{
	attach_of_other = shmat(id, NULL, 0);
}

/* A new segment, and what reap has seen of it. */
static struct segment make(uint32_t key)
{
	int id = sysv_create(key, 4096, 0600);
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

static int reset(void **state)
{
	(void)state;
	before_removal = NULL;
	removal_error = second_look_error = 0;
	removed = false;
	return 0;
}

static void an_unattached_segment_is_removed(void **state)
{
	struct segment seen = make(0), now;

	(void)state;
	assert_int_equal(reap_segment(&seen, true, &now), REAPED_REMOVED);
	assert_false(exists(seen.id));
}

static void an_attached_segment_is_marked(void **state)
{
	struct segment seen = make(0x55), now;
	void *at = shmat(seen.id, NULL, 0);

	(void)state;
	assert_int_equal(reap_segment(&seen, false, &now), REAPED_MARKED);
	assert_int_equal(now.nattch, 1);
	assert_true(now.dest);
	shmdt(at);
	assert_false(exists(seen.id));
}

static void an_attached_segment_is_kept_if_only_unused_ones_may_go(void **state)
{
	struct segment seen = make(0x55), now;
	void *at = shmat(seen.id, NULL, 0);

	(void)state;
	assert_int_equal(reap_segment(&seen, true, &now), REAPED_USED);
	assert_int_equal(sysv_find(0x55), seen.id);
	shmdt(at);
	remove_it(seen.id);
}

static void a_segment_that_is_gone_is_absent(void **state)
{
	struct segment seen = make(0), now;

	(void)state;
	remove_it(seen.id);
	assert_int_equal(reap_segment(&seen, true, &now), REAPED_ABSENT);
}

static void a_segment_that_goes_at_the_last_moment_is_absent(void **state)
{
	struct segment seen = make(0), now;

	(void)state;
	before_removal = remove_it;
	assert_int_equal(reap_segment(&seen, true, &now), REAPED_ABSENT);
}

static void a_segment_that_was_changed_is_kept(void **state)
{
	struct segment seen = make(0), now;

	(void)state;
	seen.ctime--;
	assert_int_equal(reap_segment(&seen, false, &now), REAPED_CHANGED);
	assert_true(exists(seen.id));
	remove_it(seen.id);
}

static void another_segment_under_the_same_id_is_kept(void **state)
{
	struct segment seen = make(0x66), now;

	(void)state;
	seen.key = 0x67;
	assert_int_equal(reap_segment(&seen, false, &now), REAPED_CHANGED);
	assert_int_equal(sysv_find(0x66), seen.id);
	remove_it(seen.id);
}

static void an_attach_at_the_last_moment_is_reported_as_marked(void **state)
{
	struct segment seen = make(0), now;

	(void)state;
	before_removal = attach_it;
	assert_int_equal(reap_segment(&seen, true, &now), REAPED_MARKED);
	assert_int_equal(now.nattch, 1);
	shmdt(attach_of_other);
	assert_false(exists(seen.id));
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
		struct segment seen = make(0), now;

		touches[i](&seen);
		assert_int_equal(reap_segment(&seen, true, &now), REAPED_USED);
		assert_true(exists(seen.id));
		assert_int_equal(reap_segment(&seen, false, &now), REAPED_REMOVED);
	}
}

static void a_second_look_that_fails_is_no_proof_of_removal(void **state)
{
	struct segment seen = make(0), now;

	(void)state;
	second_look_error = EACCES;
	assert_int_equal(reap_segment(&seen, true, &now), -1);
	assert_int_equal(errno, EACCES);
	second_look_error = 0;
	assert_false(exists(seen.id));
}

static void a_refusal_is_an_error_and_the_segment_stays(void **state)
{
	struct segment seen = make(0), now;

	(void)state;
	removal_error = EPERM;
	assert_int_equal(reap_segment(&seen, true, &now), -1);
	assert_int_equal(errno, EPERM);
	assert_true(exists(seen.id));
	remove_it(seen.id);
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The System V calls on the real kernel, in a private namespace (tests/private). */
#include "unit.h"

#include <stdlib.h>
#include <sys/shm.h>
#include <unistd.h>

#include "lib/segment.h"
#include "lib/sysv.h"

/* What the kernel would not say on demand: the next call fails with this error. */
static int next_error;
static int last_flags; /* of shmget() */

int __real_shmctl(int id, int command, struct shmid_ds *ds);
int __wrap_shmctl(int id, int command, struct shmid_ds *ds);
int __real_shmget(key_t key, size_t size, int flags);
int __wrap_shmget(key_t key, size_t size, int flags);

static bool fails(void)
{
	errno = next_error;
	next_error = 0;
	return errno;
}

int __wrap_shmctl(int id, int command, struct shmid_ds *ds)
{
	return fails() ? -1 : __real_shmctl(id, command, ds);
}

int __wrap_shmget(key_t key, size_t size, int flags)
{
	last_flags = flags;
	return fails() ? -1 : __real_shmget(key, size, flags);
}

static void what_is_created_is_found_as_it_was_asked_for(void **state)
{
	int id = CREATE(0xdeadbeef, 12345, 0640);
	struct segment s;

	(void)state;
	assert_true(id >= 0);
	assert_int_equal(sysv_find(0xdeadbeef), id);
	assert_int_equal(sysv_stat(id, &s), 0);
	assert_int_equal(s.id, id);
	assert_int_equal(s.key, 0xdeadbeef);
	assert_int_equal(s.size, 12345);
	assert_int_equal(s.mode, 0640);
	assert_int_equal(s.uid, geteuid());
	assert_int_equal(s.gid, getegid());
	assert_int_equal(s.cuid, geteuid());
	assert_int_equal(s.cgid, getegid());
	assert_int_equal(s.cpid, getpid());
	assert_int_equal(s.lpid, 0);
	assert_int_equal(s.nattch, 0);
	assert_int_equal(s.atime, 0);
	assert_false(s.dest);
	assert_false(s.locked);
	assert_true(s.rss == SEGMENT_UNKNOWN);
	assert_int_equal(sysv_remove(id), 0);
}

static void what_is_removed_is_absent_under_id_and_key(void **state)
{
	int id = CREATE(0x1234, 1, 0600);
	struct segment s;

	(void)state;
	assert_int_equal(sysv_remove(id), 0);
	assert_int_equal(sysv_stat(id, &s), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(sysv_find(0x1234), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(sysv_remove(id), -1);
	assert_int_equal(errno, ENOENT);
}

static void a_slot_that_holds_another_segment_is_no_answer(void **state)
{
	/* A slot that is used again gets an id higher by a multiple of the table's size. */
	int id = CREATE(0, 1, 0600), stale = id + (1 << 24);
	struct segment s;

	(void)state;
	assert_int_equal(sysv_stat_slot(stale, &s), 0);
	assert_int_equal(s.id, id);
	assert_int_equal(sysv_stat(stale, &s), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(sysv_remove(stale), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(sysv_remove(id), 0);
}

static void a_key_in_use_is_not_created_again(void **state)
{
	int id = CREATE(0x77, 4096, 0600);

	(void)state;
	assert_int_equal(CREATE(0x77, 4096, 0600), -1);
	assert_int_equal(errno, EEXIST);
	assert_int_equal(sysv_remove(id), 0);
}

static void size_0_is_refused(void **state)
{
	(void)state;
	assert_int_equal(CREATE(0, 0, 0600), -1);
	assert_int_equal(errno, EINVAL);
}

static void bits_above_the_mode_are_no_flags(void **state)
{
	/* 04000 is SHM_HUGETLB in the word that the mode shares. */
	int id = CREATE(0, 4096, 04600);
	struct segment s;

	(void)state;
	assert_int_equal(sysv_stat(id, &s), 0);
	assert_int_equal(s.mode, 0600);
	assert_int_equal(sysv_remove(id), 0);
}

/* What the last shmget() was asked for besides the mode. */
static int flags_of(struct sysv_request request)
{
	request.size = 4096;
	request.mode = 0600;
	next_error = ENOMEM;
	assert_int_equal(sysv_create(&request), -1);
	assert_int_equal(errno, ENOMEM);
	return last_flags;
}

static void each_wish_has_its_flag(void **state)
{
	const int plain = IPC_CREAT | IPC_EXCL | 0600;

	(void)state;
	assert_int_equal(flags_of((struct sysv_request){0}), plain);
	assert_int_equal(flags_of((struct sysv_request){.no_reserve = true}),
			 plain | SHM_NORESERVE);
	assert_int_equal(flags_of((struct sysv_request){.huge = SYSV_HUGE}),
			 plain | SHM_HUGETLB);
	assert_int_equal(flags_of((struct sysv_request){.huge = 21}),
			 plain | SHM_HUGETLB | 21 << 26);
	assert_int_equal(flags_of((struct sysv_request){.huge = 34}),
			 (int)((unsigned int)plain | SHM_HUGETLB | 34u << 26));
}

static void removal_while_attached_marks_and_takes_the_key(void **state)
{
	int id = CREATE(0x99, 4096, 0600);
	void *at = shmat(id, NULL, 0);
	struct segment s;

	(void)state;
	assert_ptr_not_equal(at, (void *)-1);
	assert_int_equal(sysv_remove(id), 0);
	assert_int_equal(sysv_stat(id, &s), 0);
	assert_true(s.dest);
	assert_int_equal(s.key, 0);
	assert_int_equal(s.nattch, 1);
	assert_int_equal(s.lpid, getpid());
	assert_int_equal(sysv_find(0x99), -1);
	assert_int_equal(errno, ENOENT);
	shmdt(at);
	assert_int_equal(sysv_stat(id, &s), -1);
	assert_int_equal(errno, ENOENT);
}

static void a_locked_segment_says_so(void **state)
{
	int id = CREATE(0, 4096, 0600);
	struct segment s;

	(void)state;
	assert_int_equal(shmctl(id, SHM_LOCK, NULL), 0);
	assert_int_equal(sysv_stat(id, &s), 0);
	assert_true(s.locked);
	assert_int_equal(s.mode, 0600);
	assert_int_equal(sysv_remove(id), 0);
}

static void a_lock_is_no_change_and_can_be_taken_back(void **state)
{
	int id = CREATE(0, 4096, 0600);
	struct segment before, after;

	(void)state;
	assert_int_equal(sysv_stat(id, &before), 0);
	assert_int_equal(sysv_lock(id, true), 0);
	assert_int_equal(sysv_lock(id, true), 0);
	assert_int_equal(sysv_stat(id, &after), 0);
	assert_true(after.locked);
	assert_true(segment_same(&before, &after));
	assert_int_equal(sysv_lock(id, false), 0);
	assert_int_equal(sysv_stat(id, &after), 0);
	assert_true(segment_untouched(&before, &after));
	assert_int_equal(sysv_remove(id), 0);
	assert_int_equal(sysv_lock(id, true), -1);
	assert_int_equal(errno, ENOENT);
}

static void the_mode_that_is_set_has_nine_bits_and_owner_and_group_stay(void **state)
{
	int id = CREATE(0, 4096, 0600);
	struct segment before, after, wanted;

	(void)state;
	assert_int_equal(sysv_stat(id, &before), 0);
	wanted = before;
	wanted.mode = 01640;
	assert_int_equal(sysv_set(&wanted), 0);
	assert_int_equal(sysv_stat(id, &after), 0);
	assert_int_equal(after.mode, 0640);
	assert_false(after.dest);
	assert_int_equal(after.uid, before.uid);
	assert_int_equal(after.gid, before.gid);
	assert_int_equal(sysv_remove(id), 0);
	assert_int_equal(sysv_set(&wanted), -1);
	assert_int_equal(errno, ENOENT);
}

static void the_last_slot_holds_a_segment(void **state)
{
	int id = CREATE(0, 1, 0600);
	struct segment s;

	(void)state;
	assert_int_equal(sysv_stat_slot(sysv_last_slot(), &s), 0);
	assert_int_equal(sysv_stat_slot(sysv_last_slot() + 1, &s), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(sysv_remove(id), 0);
}

static void errors_of_the_kernel_arrive_as_they_are(void **state)
{
	struct sysv_limits limits;
	struct segment s;

	(void)state;
	next_error = EPERM;
	assert_int_equal(sysv_remove(1), -1);
	assert_int_equal(errno, EPERM);
	next_error = EACCES;
	assert_int_equal(sysv_stat(1, &s), -1);
	assert_int_equal(errno, EACCES);
	next_error = ENOSYS;
	assert_int_equal(sysv_last_slot(), -1);
	assert_int_equal(errno, ENOSYS);
	next_error = ENOSYS;
	assert_int_equal(sysv_limits(&limits), -1);
	assert_int_equal(errno, ENOSYS);
	next_error = ENOSPC;
	assert_int_equal(CREATE(0, 1, 0600), -1);
	assert_int_equal(errno, ENOSPC);
	next_error = ENOMEM;
	assert_int_equal(CREATE(0, 1, 0600), -1);
	assert_int_equal(errno, ENOMEM);
}

static void a_segment_that_goes_meanwhile_is_absent(void **state)
{
	struct segment s;

	(void)state;
	next_error = EIDRM;
	assert_int_equal(sysv_stat(1, &s), -1);
	assert_int_equal(errno, ENOENT);
	next_error = EIDRM;
	assert_int_equal(sysv_remove(1), -1);
	assert_int_equal(errno, ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_created_is_found_as_it_was_asked_for),
		cmocka_unit_test(what_is_removed_is_absent_under_id_and_key),
		cmocka_unit_test(a_slot_that_holds_another_segment_is_no_answer),
		cmocka_unit_test(a_key_in_use_is_not_created_again),
		cmocka_unit_test(size_0_is_refused),
		cmocka_unit_test(bits_above_the_mode_are_no_flags),
		cmocka_unit_test(each_wish_has_its_flag),
		cmocka_unit_test(removal_while_attached_marks_and_takes_the_key),
		cmocka_unit_test(a_locked_segment_says_so),
		cmocka_unit_test(a_lock_is_no_change_and_can_be_taken_back),
		cmocka_unit_test(
			the_mode_that_is_set_has_nine_bits_and_owner_and_group_stay),
		cmocka_unit_test(the_last_slot_holds_a_segment),
		cmocka_unit_test(errors_of_the_kernel_arrive_as_they_are),
		cmocka_unit_test(a_segment_that_goes_meanwhile_is_absent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

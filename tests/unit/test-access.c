/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Permissions in a table, and against what shmat() of the kernel says. */
#include "unit.h"

#include <grp.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/access.h"
#include "lib/segment.h"
#include "lib/sysv.h"

enum {
	OWNER = 1001,
	CREATOR = 1002,
	OTHER = 1003,
	GROUP = 2001,
	CGROUP = 2002,
	NONE = 2003
};

static struct segment segment_of(unsigned int mode)
{
	return (struct segment){.uid = OWNER,
				.cuid = CREATOR,
				.gid = GROUP,
				.cgid = CGROUP,
				.mode = mode};
}

/* "rwx": may read, write, remove; with '-' for what the caller may not. */
static const char *access_of(unsigned int mode, struct caller caller)
{
	static char text[4];
	struct segment segment = segment_of(mode);

	snprintf(text, sizeof(text), "%c%c%c", access_read(&segment, &caller) ? 'r' : '-',
		 access_write(&segment, &caller) ? 'w' : '-',
		 access_remove(&segment, &caller) ? 'x' : '-');
	return text;
}

static void owner_and_creator_have_the_first_three_bits(void **state)
{
	(void)state;
	for (uid_t uid = OWNER; uid <= CREATOR; uid++) {
		const struct caller caller = {
			.all_mapped = true, .uid = uid, .gid = NONE};

		assert_string_equal(access_of(0600, caller), "rwx");
		assert_string_equal(access_of(0400, caller), "r-x");
		assert_string_equal(access_of(0200, caller), "--x");
		assert_string_equal(access_of(0077, caller), "--x");
	}
}

static void members_of_either_group_have_the_next_three(void **state)
{
	const gid_t groups[] = {NONE, CGROUP};
	const struct caller member = {.all_mapped = true, .uid = OTHER, .gid = GROUP};
	const struct caller supplementary = {.all_mapped = true,
					     .uid = OTHER,
					     .gid = NONE,
					     .groups = groups,
					     .count = 2};

	(void)state;
	assert_string_equal(access_of(0660, member), "rw-");
	assert_string_equal(access_of(0640, member), "r--");
	assert_string_equal(access_of(0606, member), "---");
	assert_string_equal(access_of(0660, supplementary), "rw-");
}

static void others_have_the_last_three(void **state)
{
	const struct caller other = {.all_mapped = true, .uid = OTHER, .gid = NONE};

	(void)state;
	assert_string_equal(access_of(0666, other), "rw-");
	assert_string_equal(access_of(0664, other), "r--");
	assert_string_equal(access_of(0660, other), "---");
	/* Writing is attaching to read and write. */
	assert_string_equal(access_of(0662, other), "---");
}

static void two_that_are_not_mapped_need_not_be_the_same(void **state)
{
	struct segment segment = segment_of(0660);
	struct caller nobody = {.uid = ACCESS_NOBODY, .gid = ACCESS_NOBODY};

	(void)state;
	segment.uid = segment.cuid = ACCESS_NOBODY;
	segment.gid = segment.cgid = ACCESS_NOBODY;
	assert_false(access_read(&segment, &nobody));
	assert_false(access_remove(&segment, &nobody));
	nobody.all_mapped = true;
	assert_true(access_write(&segment, &nobody));
	assert_true(access_remove(&segment, &nobody));
}

static void capabilities_go_past_permissions(void **state)
{
	const struct caller all = {
		.all_mapped = true, .uid = OTHER, .gid = NONE, .may_all = true};
	const struct caller remover = {
		.all_mapped = true, .uid = OTHER, .gid = NONE, .may_remove = true};

	(void)state;
	assert_string_equal(access_of(0, all), "rw-");
	assert_string_equal(access_of(0, remover), "--x");
}

/* In a child that has become caller: whether shmat() says the same. */
static bool kernel_agrees(int id, const struct segment *segment,
			  const struct caller *caller)
{
	void *at;
	bool read, write;

	if (setgroups(caller->count, caller->groups) ||
	    setresgid(-1u, caller->gid, -1u) ||
	    setresuid(caller->uid, caller->uid, caller->uid))
		return false;
	at = shmat(id, NULL, SHM_RDONLY);
	read = at != (void *)-1;
	at = shmat(id, NULL, 0);
	write = at != (void *)-1;
	return read == access_read(segment, caller) &&
	       write == access_write(segment, caller);
}

static void the_kernel_says_the_same_of_every_mode(void **state)
{
	const gid_t groups[] = {CGROUP};
	const struct caller callers[] = {
		{.all_mapped = true, .uid = OWNER, .gid = NONE},
		{.all_mapped = true, .uid = CREATOR, .gid = NONE},
		{.all_mapped = true, .uid = OTHER, .gid = GROUP},
		{.all_mapped = true,
		 .uid = OTHER,
		 .gid = NONE,
		 .groups = groups,
		 .count = 1},
		{.all_mapped = true, .uid = OTHER, .gid = NONE},
	};
	struct segment segment;
	struct shmid_ds ds;
	int status, id;
	pid_t child;

	(void)state;
	/* A user namespace has but one user. */
	if (setresuid(OTHER, 0, 0) && errno == EINVAL) {
		print_message("# one user only: the kernel is not asked\n");
		return;
	}
	assert_int_equal(setresuid(0, 0, 0), 0);
	for (unsigned int mode = 0; mode <= 0777; mode += 022) {
		id = CREATE(0, 4096, mode & 0777);
		assert_int_equal(shmctl(id, IPC_STAT, &ds), 0);
		ds.shm_perm.uid = OWNER;
		ds.shm_perm.gid = GROUP;
		assert_int_equal(shmctl(id, IPC_SET, &ds), 0);
		assert_int_equal(sysv_stat(id, &segment), 0);
		for (size_t i = 0; i < COUNT(callers); i++) {
			/* The creator, here, is root with group root. */
			segment.cuid = segment.cgid = 0;
			child = fork();
			if (child == 0)
				_exit(!kernel_agrees(id, &segment, &callers[i]));
			assert_int_equal(waitpid(child, &status, 0), child);
			if (status)
				fail_msg("mode %o, caller %zu", mode, i);
		}
		assert_int_equal(sysv_remove(id), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(owner_and_creator_have_the_first_three_bits),
		cmocka_unit_test(members_of_either_group_have_the_next_three),
		cmocka_unit_test(others_have_the_last_three),
		cmocka_unit_test(two_that_are_not_mapped_need_not_be_the_same),
		cmocka_unit_test(capabilities_go_past_permissions),
		cmocka_unit_test(the_kernel_says_the_same_of_every_mode),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Capabilities are gone, or the caller hears that they are not. */
#include "unit.h"

#include <cap-ng.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "privilege.h"

/* What libcap-ng returns on demand, without doing anything. */
static bool pretends;
static int pretended;
static uid_t effective_user;
static gid_t effective_group;

int __real_capng_apply(capng_select_t set);
int __wrap_capng_apply(capng_select_t set);
uid_t __wrap_geteuid(void);
gid_t __wrap_getegid(void);

int __wrap_capng_apply(capng_select_t set)
{
	return pretends ? pretended : __real_capng_apply(set);
}

uid_t __wrap_geteuid(void)
{
	return effective_user;
}

gid_t __wrap_getegid(void)
{
	return effective_group;
}

static int keep_in_child(unsigned int set)
{
	const pid_t child = fork();
	int status;

	if (child == 0)
		_exit(privilege_keep(set) ? 1 : 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int be_honest(void **state)
{
	(void)state;
	pretends = false;
	effective_user = getuid();
	effective_group = getgid();
	return 0;
}

static void what_libcap_ng_refuses_is_a_failure(void **state)
{
	(void)state;
	pretends = true;
	for (pretended = -8; pretended < 0; pretended++)
		assert_int_equal(keep_in_child(0), 1);
}

/* Here root has capabilities, also of a user namespace. */
static void success_is_not_believed_while_capabilities_are_left(void **state)
{
	(void)state;
	capng_get_caps_process();
	if (capng_have_capabilities(CAPNG_SELECT_CAPS) == CAPNG_NONE)
		skip();
	pretends = true;
	pretended = 0;
	assert_int_equal(keep_in_child(0), 1);
	assert_int_equal(keep_in_child(PRIVILEGE_SYS_PTRACE), 1);
}

static void all_can_be_given_up_and_twice(void **state)
{
	(void)state;
	assert_int_equal(keep_in_child(0), 0);
	assert_int_equal(keep_in_child(~0U), 0);
}

static void what_is_kept_is_held_and_the_rest_is_not(void **state)
{
	pid_t child;
	int status;

	(void)state;
	if (!(privilege_held() & PRIVILEGE_SYS_PTRACE))
		skip();
	child = fork();
	if (child == 0)
		_exit(privilege_keep(PRIVILEGE_SYS_PTRACE | PRIVILEGE_IPC_LOCK) ||
		      privilege_held() != (PRIVILEGE_SYS_PTRACE | PRIVILEGE_IPC_LOCK) ||
		      privilege_keep(PRIVILEGE_SYS_PTRACE | PRIVILEGE_SYS_ADMIN) ||
		      privilege_held() != PRIVILEGE_SYS_PTRACE ||
		      prctl(PR_GET_NO_NEW_PRIVS, 0UL, 0UL, 0UL, 0UL) != 1);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void another_effective_user_or_group_is_lent(void **state)
{
	(void)state;
	assert_false(privilege_is_lent());
	effective_user = getuid() + 1;
	assert_true(privilege_is_lent());
	effective_user = getuid();
	effective_group = getgid() + 1;
	assert_true(privilege_is_lent());
}

static void every_privilege_has_the_name_that_libcap_ng_knows(void **state)
{
	unsigned int all = 0;

	(void)state;
	for (const struct privilege_row *row = privilege_rows(); row->name; row++) {
		assert_int_equal(capng_name_to_capability(row->name + strlen("cap_")),
				 row->capability);
		assert_int_equal(all & row->privilege, 0);
		assert_true(strlen(row->use) > 0);
		all |= row->privilege;
	}
	assert_int_equal(all, 0x7f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_libcap_ng_refuses_is_a_failure, be_honest),
		cmocka_unit_test_setup(
			success_is_not_believed_while_capabilities_are_left, be_honest),
		cmocka_unit_test_setup(all_can_be_given_up_and_twice, be_honest),
		cmocka_unit_test_setup(what_is_kept_is_held_and_the_rest_is_not,
				       be_honest),
		cmocka_unit_test_setup(another_effective_user_or_group_is_lent,
				       be_honest),
		cmocka_unit_test_setup(every_privilege_has_the_name_that_libcap_ng_knows,
				       be_honest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

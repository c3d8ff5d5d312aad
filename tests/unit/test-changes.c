/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is said of changes that the kernel does not refuse, or undo, on demand. */
#include "unit.h"

#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "changes.h"
#include "lib/change.h"
#include "names.h"

static const struct segment was = {
	.id = 7, .mode = 0600, .uid = 4000000001, .gid = 4000000002, .size = 8 << 20};

/* Complain, and compare what arrives on stderr with this, after the program's name. */
static void expect(const struct changing *changing, bool may_lock, const char *text)
{
	char path[] = "/tmp/shmtool-changes-XXXXXX";
	char written[512] = "", expected[512] = "";
	int fd = mkstemp(path), saved = dup(STDERR_FILENO);
	struct names names = {0};

	unlink(path);
	dup2(fd, STDERR_FILENO);
	changes_complain(changing, may_lock, &names);
	fflush(stderr);
	dup2(saved, STDERR_FILENO);
	close(saved);
	assert_true(pread(fd, written, sizeof(written) - 1, 0) >= 0);
	close(fd);
	names_release(&names);
	if (*text)
		snprintf(expected, sizeof(expected), "%s: segment 7: %s\n",
			 program_invocation_short_name, text);
	assert_string_equal(written, expected);
}

static struct changing ended(enum changed outcome, int error)
{
	struct changing changing = {.seen = was,
				    .before = was,
				    .wanted = was,
				    .now = was,
				    .outcome = outcome,
				    .error = error};

	changing.wanted.locked = true;
	return changing;
}

static void of_what_succeeded_nothing_is_said(void **state)
{
	struct changing it = ended(CHANGED_DONE, 0);

	(void)state;
	expect(&it, true, "");
	it.outcome = CHANGED_NOTHING;
	expect(&it, true, "");
}

static void a_lock_that_the_kernel_ignored_is_explained_by_huge_pages(void **state)
{
	struct changing it = ended(CHANGED_AGAIN, 0);

	(void)state;
	expect(&it, true,
	       "the kernel did not lock it: of huge pages, which are never swapped, or unlocked by somebody else just now");
}

static void what_somebody_else_has_made_of_it_is_shown(void **state)
{
	struct changing it = ended(CHANGED_AGAIN, 0);

	(void)state;
	it.now.mode = 0644;
	it.now.uid++;
	it.now.gid++;
	expect(&it, true,
	       "somebody else has just changed it again: mode 0600 -> 0644, owner 4000000001 -> 4000000002, group 4000000002 -> 4000000003, locked yes -> no");
}

static void what_was_locked_before_the_rest_failed_is_said(void **state)
{
	struct changing it = ended(CHANGED_OTHER, 0);

	(void)state;
	expect(&it, true, "left as it is, for it has just been changed: look again");
	it.relocked = true;
	expect(&it, true,
	       "left as it is, for it has just been changed: look again\n  before that it was locked");
	it = ended(CHANGED_NOT_SET, EPERM);
	it.wanted.locked = false;
	it.relocked = true;
	expect(&it, true,
	       "only its owner, its creator or root (CAP_SYS_ADMIN) may change or give it away\n  before that it was unlocked");
}

static void a_lock_that_was_refused_is_explained_by_right_or_limit(void **state)
{
	struct changing it = ended(CHANGED_NOT_LOCKED, EPERM);
	struct rlimit limit;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_MEMLOCK, &limit), 0);
	limit.rlim_cur = 4096;
	assert_int_equal(setrlimit(RLIMIT_MEMLOCK, &limit), 0);
	expect(&it, false,
	       "only its owner, its creator or root (CAP_IPC_LOCK) may lock it");
	expect(&it, true,
	       "not locked: RLIMIT_MEMLOCK is 4K (see 'ulimit -l'), and CAP_IPC_LOCK is missing");
	it.error = ENOMEM;
	expect(&it, true,
	       "not locked: of 8M, and RLIMIT_MEMLOCK is 4K (see 'ulimit -l')\n  the limit is for all that the user has locked; only CAP_IPC_LOCK outside of any user namespace goes beyond it");
}

static void an_error_without_explanation_is_said_as_it_is(void **state)
{
	struct changing it = ended(CHANGED_NOT_LOCKED, EIO);

	(void)state;
	expect(&it, true, "cannot lock it: Input/output error");
	it = ended(CHANGED_NOT_SET, EACCES);
	expect(&it, true, "cannot change it: Permission denied");
	it = ended(CHANGED_NOT_LOOKED, EACCES);
	expect(&it, true, "Permission denied");
	it = ended(CHANGED_ABSENT, 0);
	expect(&it, true, "somebody else has just removed it");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_what_succeeded_nothing_is_said),
		cmocka_unit_test(
			a_lock_that_the_kernel_ignored_is_explained_by_huge_pages),
		cmocka_unit_test(what_somebody_else_has_made_of_it_is_shown),
		cmocka_unit_test(what_was_locked_before_the_rest_failed_is_said),
		cmocka_unit_test(a_lock_that_was_refused_is_explained_by_right_or_limit),
		cmocka_unit_test(an_error_without_explanation_is_said_as_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

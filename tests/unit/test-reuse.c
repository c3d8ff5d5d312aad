/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is said of a segment that does not fit, and of one that cannot be looked at. */
#include "unit.h"

#include <sys/shm.h>

#include "said.h"

#include "lib/fit.h"
#include "lib/segment.h"
#include "lib/sysv.h"
#include "reuse.h"

#define KEY 0x5eed0002

/* Users and groups of this number have no name anywhere. */
enum { OWNER = 852516354, OTHER };

static int look_error; /* that the kernel gives to a look */
static bool is_marked; /* what is seen has been marked since it was found */

int __real_shmctl(int id, int command, struct shmid_ds *ds);
int __wrap_shmctl(int id, int command, struct shmid_ds *ds);

int __wrap_shmctl(int id, int command, struct shmid_ds *ds)
{
	int result;

	if (command == SHM_STAT_ANY && look_error) {
		errno = look_error;
		return -1;
	}
	result = __real_shmctl(id, command, ds);
	if (command == SHM_STAT_ANY && is_marked)
		ds->shm_perm.__key = IPC_PRIVATE;
	return result;
}

static const struct need need = {.size = 100,
				 .owner = OWNER,
				 .caller = OWNER,
				 .group = {true, OWNER},
				 .unmapped = UINT64_MAX};

static const struct segment fitting = {
	.size = 100, .uid = OWNER, .gid = OWNER, .cuid = OWNER, .cgid = OWNER};

static void expect(const struct segment *segment, const char *expected)
{
	char text[200] = "";
	FILE *file = fmemopen(text, sizeof(text), "w");

	reuse_put_misfit(&need, segment, file);
	fclose(file);
	assert_string_equal(text, expected);
}

static void what_does_not_fit_is_said_with_what_was_asked_for(void **state)
{
	struct segment segment = fitting;

	(void)state;
	expect(&segment, "");
	segment.cuid = OTHER;
	expect(&segment, "creator 852516355, who keeps all rights to it, and is neither "
			 "its owner nor root");
	segment.gid = OTHER;
	expect(&segment, "group 852516355, not 852516354");
	segment.uid = OTHER;
	expect(&segment, "owner 852516355, not 852516354");
	segment.size = 99;
	expect(&segment, "99 bytes, not 100");
}

static void a_key_that_nobody_has_is_no_error(void **state)
{
	struct segment segment;

	(void)state;
	assert_int_equal(reuse_find(KEY, &need, &segment), 0);
}

/* Look for one that is there, and that fits. */
static int find_it(struct listening *listening, struct segment *segment)
{
	struct need own = {.size = 100,
			   .owner = geteuid(),
			   .caller = geteuid(),
			   .unmapped = UINT64_MAX};
	int id = CREATE(KEY, 100, 0600), result;

	assert_true(id >= 0);
	listen_to_stderr(listening);
	result = reuse_find(KEY, &own, segment);
	look_error = 0;
	is_marked = false;
	sysv_remove(id);
	return result;
}

static void one_that_fits_is_found(void **state)
{
	struct listening listening;
	struct segment segment;

	(void)state;
	assert_int_equal(find_it(&listening, &segment), 1);
	assert_string_equal(what_was_said(&listening), "");
	assert_int_equal(segment.key, KEY);
}

static void one_that_goes_while_it_is_looked_at_is_none(void **state)
{
	struct listening listening;
	struct segment segment;

	(void)state;
	look_error = EIDRM;
	assert_int_equal(find_it(&listening, &segment), 0);
	assert_string_equal(what_was_said(&listening), "");
	is_marked = true;
	assert_int_equal(find_it(&listening, &segment), 0);
	assert_string_equal(what_was_said(&listening), "");
}

static void one_that_cannot_be_looked_at_is_an_error(void **state)
{
	struct listening listening;
	struct segment segment;

	(void)state;
	look_error = EOVERFLOW;
	assert_int_equal(find_it(&listening, &segment), -1);
	assert_string_equal(what_was_said(&listening),
			    "key 0x5eed0002: Value too large for defined data type\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_does_not_fit_is_said_with_what_was_asked_for),
		cmocka_unit_test(a_key_that_nobody_has_is_no_error),
		cmocka_unit_test(one_that_fits_is_found),
		cmocka_unit_test(one_that_goes_while_it_is_looked_at_is_none),
		cmocka_unit_test(one_that_cannot_be_looked_at_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "lib/fit.h"
#include "lib/segment.h"

enum { ALICE = 1000, BOB = 1001, NOBODY = 65534 };

static const struct need alices = {
	.size = 8192, .owner = ALICE, .caller = ALICE, .unmapped = UINT64_MAX};
static const struct segment good = {
	.uid = ALICE, .gid = ALICE, .cuid = ALICE, .cgid = ALICE, .size = 8192};

static void what_is_asked_for_fits_and_so_does_more(void **state)
{
	struct segment segment = good;

	(void)state;
	assert_int_equal(fit(&alices, &segment), FIT);
	segment.size = UINT64_MAX;
	segment.mode = 0666;
	assert_int_equal(fit(&alices, &segment), FIT);
	segment.size = 8191;
	assert_int_equal(fit(&alices, &segment), FIT_NOT_SIZE);
}

static void the_owner_must_be_the_one_and_the_group_if_it_matters(void **state)
{
	struct segment segment = good;
	struct need need = alices;

	(void)state;
	segment.uid = BOB;
	assert_int_equal(fit(&need, &segment), FIT_NOT_OWNER);
	need.owner = BOB;
	assert_int_equal(fit(&need, &segment), FIT);
	need.group = (struct some_id){true, BOB};
	assert_int_equal(fit(&need, &segment), FIT_NOT_GROUP);
	segment.gid = BOB;
	assert_int_equal(fit(&need, &segment), FIT);
}

static void what_somebody_else_has_made_and_given_away_is_no_gift(void **state)
{
	struct segment segment = good;
	struct need need = alices;

	(void)state;
	segment.cuid = BOB;
	assert_int_equal(fit(&need, &segment), FIT_NOT_CREATOR);
	segment.cuid = 0;
	assert_int_equal(fit(&need, &segment), FIT);
	/* For root too; what the owner himself has made is as good. */
	need.caller = 0;
	segment.cuid = BOB;
	assert_int_equal(fit(&need, &segment), FIT_NOT_CREATOR);
	segment.cuid = ALICE;
	assert_int_equal(fit(&need, &segment), FIT);
}

static void who_has_no_number_is_nobody_in_particular(void **state)
{
	struct segment segment = good;
	struct need need = {
		.size = 1, .owner = NOBODY, .caller = NOBODY, .unmapped = UINT64_MAX};

	(void)state;
	segment.uid = segment.cuid = NOBODY;
	assert_int_equal(fit(&need, &segment), FIT);
	need.unmapped = NOBODY;
	assert_int_equal(fit(&need, &segment), FIT_NOT_OWNER);
	need.owner = segment.uid = ALICE;
	assert_int_equal(fit(&need, &segment), FIT_NOT_CREATOR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_asked_for_fits_and_so_does_more),
		cmocka_unit_test(the_owner_must_be_the_one_and_the_group_if_it_matters),
		cmocka_unit_test(what_somebody_else_has_made_and_given_away_is_no_gift),
		cmocka_unit_test(who_has_no_number_is_nobody_in_particular),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

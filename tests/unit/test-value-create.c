/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "lib/sysv.h"
#include "value-create.h"

static void expect_ftok(const char *text, const char *path, uint8_t proj)
{
	struct ftok_file file = {0};

	assert_int_equal(value_ftok.parse(text, &file), 0);
	assert_string_equal(file.path, path);
	assert_int_equal(file.proj, proj);
	/* Given twice, the last counts. */
	assert_int_equal(value_ftok.parse("/other", &file), 0);
	assert_string_equal(file.path, "/other");
	value_ftok.release(&file);
	assert_null(file.path);
}

static void the_last_colon_splits_where_a_proj_follows(void **state)
{
	(void)state;
	expect_ftok("/srv/db", "/srv/db", 1);
	expect_ftok("/srv/db:R", "/srv/db", 'R');
	expect_ftok("/srv/db:7", "/srv/db", 7);
	expect_ftok("/srv/db:0x52", "/srv/db", 'R');
	expect_ftok("a:b:c", "a:b", 'c');
	expect_ftok("12:30", "12", 30);
}

static void a_colon_that_is_part_of_a_name_stays_so(void **state)
{
	(void)state;
	expect_ftok("/srv/a:db", "/srv/a:db", 1);
	expect_ftok("/srv/a:1/db", "/srv/a:1/db", 1);
	expect_ftok("12:30:05.log", "12:30:05.log", 1);
	expect_ftok("/srv/a:1:1", "/srv/a:1", 1);
	expect_ftok("/srv/a::1", "/srv/a:", 1);
}

static void expect_errors(const struct value *value, void *field,
			  const char *const texts[], int error)
{
	for (size_t i = 0; texts[i]; i++) {
		assert_int_equal(value->parse(texts[i], field), -1);
		assert_int_equal(errno, error);
	}
}

static void a_number_that_is_no_proj_is_a_mistake(void **state)
{
	struct ftok_file file = {0};

	(void)state;
	expect_errors(&value_ftok, &file,
		      (const char *const[]){"", ":R", ":", "a:", "a:0", "a:007", NULL},
		      EINVAL);
	expect_errors(
		&value_ftok, &file,
		(const char *const[]){"a:256", "a:0x100", "a:99999999999999999999", NULL},
		ERANGE);
	assert_null(file.path);
}

static void an_owner_comes_with_or_without_a_group(void **state)
{
	struct ownership to = {0};

	(void)state;
	assert_int_equal(value_ownership.parse("root", &to), 0);
	assert_true(to.user.set && !to.group.set);
	assert_int_equal(to.user.id, 0);
	assert_int_equal(value_ownership.parse("60001:root", &to), 0);
	assert_true(to.user.set && to.group.set);
	assert_int_equal(to.user.id, 60001);
	assert_int_equal(to.group.id, 0);
	assert_int_equal(value_ownership.parse("root:60002", &to), 0);
	assert_int_equal(to.group.id, 60002);
	expect_errors(&value_ownership, &to,
		      (const char *const[]){"", ":", "root:", ":root", "root:root:root",
					    "nobody-of-this-name", "root:no-such-group",
					    "-1", NULL},
		      EINVAL);
	assert_int_equal(to.group.id, 60002);
	expect_errors(&value_ownership, &to,
		      (const char *const[]){"4294967295", "0:4294967295", NULL}, ERANGE);
}

static void a_huge_page_is_a_power_of_two(void **state)
{
	unsigned int huge = 0;

	(void)state;
	assert_int_equal(value_huge.parse(NULL, &huge), 0);
	assert_int_equal(huge, SYSV_HUGE);
	assert_int_equal(value_huge.parse("2M", &huge), 0);
	assert_int_equal(huge, 21);
	assert_int_equal(value_huge.parse("1GiB", &huge), 0);
	assert_int_equal(huge, 30);
	assert_int_equal(value_huge.parse("8E", &huge), 0);
	assert_int_equal(huge, 63);
	expect_errors(&value_huge, &huge,
		      (const char *const[]){"", "0", "1", "2", "3M", "2MB", "2m3", "yes",
					    "-2M", NULL},
		      EINVAL);
	expect_errors(&value_huge, &huge, (const char *const[]){"16E", NULL}, ERANGE);
	assert_int_equal(huge, 63);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_colon_splits_where_a_proj_follows),
		cmocka_unit_test(a_colon_that_is_part_of_a_name_stays_so),
		cmocka_unit_test(a_number_that_is_no_proj_is_a_mistake),
		cmocka_unit_test(an_owner_comes_with_or_without_a_group),
		cmocka_unit_test(a_huge_page_is_a_power_of_two),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

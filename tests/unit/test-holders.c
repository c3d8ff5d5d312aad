/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who has segments attached, in words; and that nobody may say so. */
#include "unit.h"

#include "said.h"

#include "holders.h"
#include "lib/attach.h"
#include "lib/survey.h"

static int search_error;
static bool memory_is_out;

int __wrap_attach_find(struct attach_search *search, struct attachment *list,
		       size_t count);
void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);

int __wrap_attach_find(struct attach_search *search, struct attachment *list,
		       size_t count)
{
	(void)search;
	(void)list;
	(void)count;
	errno = search_error;
	return search_error ? -1 : 0;
}

void *__wrap_calloc(size_t count, size_t size)
{
	errno = ENOMEM;
	return memory_is_out ? NULL : __real_calloc(count, size);
}

static struct holder known[] = {{.pid = 812, .command = "render", .verified = true},
				{.pid = 0, .command = "a\x1b[31mb", .verified = true},
				{.pid = 900, .command = "worker"}};

static void expect(const struct attachment *attachment, const char *expected)
{
	char text[200] = "";
	FILE *file = fmemopen(text, sizeof(text), "w");

	holders_put_rest(attachment, file);
	fclose(file);
	assert_string_equal(text, expected);
}

static void holders_are_named_and_those_out_of_sight_are_counted(void **state)
{
	struct attachment attachment = {
		.nattch = 4, .holder = known, .holders = 2, .seen = 3};

	(void)state;
	expect(&attachment, "4 attaches remain: PID 812 (render), PID unknown "
			    "(a\\x1b[31mb), 1 not visible\n");
	attachment.holders = 3;
	expect(&attachment,
	       "4 attaches remain: PID 812 (render), PID unknown "
	       "(a\\x1b[31mb), PID 900 (worker) unverified, 1 not visible\n");
	attachment.nattch = 1;
	attachment.holders = 1;
	expect(&attachment, "1 attach remains: PID 812 (render)\n");
	attachment.seen = attachment.holders = 0;
	expect(&attachment, "1 attach remains: 1 not visible\n");
}

static void a_process_is_included_by_its_pid(void **state)
{
	const struct attachment attachment = {.holder = known, .holders = 3};

	(void)state;
	assert_true(holders_include(&attachment, 812));
	assert_true(holders_include_verified(&attachment, 812));
	assert_true(holders_include(&attachment, 900));
	assert_false(holders_include_verified(&attachment, 900));
	assert_false(holders_include_verified(&attachment, 813));
	assert_false(holders_include_verified(NULL, 812));
	assert_false(holders_include(&attachment, 813));
	assert_false(holders_include(NULL, 812));
}

static void each_finding_has_its_place_in_the_list(void **state)
{
	struct finding found[] = {{.segment = {.id = 7, .nattch = 2}},
				  {.segment = {.id = 8, .nattch = 0}}};
	struct attachment *list = holders_list(
		&(struct findings){.item = found, .count = COUNT(found)});

	(void)state;
	assert_non_null(list);
	assert_int_equal(list[0].id, 7);
	assert_true(list[0].nattch == 2);
	assert_int_equal(list[1].id, 8);
	assert_true(list[1].nattch == 0);
	free(list);
}

static void without_memory_there_is_no_list_and_it_is_said(void **state)
{
	struct listening listening;
	struct attachment *list;

	(void)state;
	listen_to_stderr(&listening);
	memory_is_out = true;
	list = holders_list(&(struct findings){0});
	memory_is_out = false;
	assert_string_equal(what_was_said(&listening), "Cannot allocate memory\n");
	assert_null(list);
}

static void that_some_may_be_missing_is_a_failure_but_without_proc(void **state)
{
	struct listening listening;
	int status;

	(void)state;
	search_error = EMFILE;
	listen_to_stderr(&listening);
	status = holders_find(NULL, NULL, 0);
	assert_string_equal(what_was_said(&listening),
			    "cannot find all holders: Too many open files\n");
	assert_int_equal(status, EXIT_FAILURE);
	search_error = ENOENT;
	assert_int_equal(holders_find(NULL, NULL, 0), EXIT_SUCCESS);
	search_error = 0;
	assert_int_equal(holders_find(NULL, NULL, 0), EXIT_SUCCESS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(holders_are_named_and_those_out_of_sight_are_counted),
		cmocka_unit_test(a_process_is_included_by_its_pid),
		cmocka_unit_test(each_finding_has_its_place_in_the_list),
		cmocka_unit_test(without_memory_there_is_no_list_and_it_is_said),
		cmocka_unit_test(that_some_may_be_missing_is_a_failure_but_without_proc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

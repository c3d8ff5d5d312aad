/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <string.h>

#include "nearest.h"

static const char *const verbs[] = {"list",	    "stat",   "gc",	"rm",
				    "set",	    "limits", "create", "cat",
				    "attach-write", "key",    "help"};

static const char *find(const char *typed)
{
	struct nearest nearest;

	nearest_begin(&nearest, typed, strlen(typed));
	for (size_t i = 0; i < COUNT(verbs); i++)
		nearest_offer(&nearest, verbs[i]);
	return nearest.word ? nearest.word : "";
}

static void a_letter_more_less_other_or_elsewhere_is_near(void **state)
{
	(void)state;
	assert_string_equal(find("lst"), "list");
	assert_string_equal(find("lists"), "list");
	assert_string_equal(find("lidt"), "list");
	assert_string_equal(find("lsit"), "list");
	assert_string_equal(find("tsat"), "stat");
	assert_string_equal(find("craete"), "create");
	assert_string_equal(find("atach-wirte"), "attach-write");
}

static void the_beginning_is_near(void **state)
{
	(void)state;
	assert_string_equal(find("li"), "list");
	assert_string_equal(find("att"), "attach-write");
	assert_string_equal(find("c"), "");
}

static void what_is_far_is_none(void **state)
{
	(void)state;
	assert_string_equal(find(""), "");
	assert_string_equal(find("x"), "");
	assert_string_equal(find("xy"), "");
	assert_string_equal(find("frobnicate"), "");
	assert_string_equal(find("remove"), "");
	assert_string_equal(find("a word that is longer than any there is, by far"), "");
}

static void of_those_as_near_the_first_stays(void **state)
{
	(void)state;
	assert_string_equal(find("sat"), "stat");
	assert_string_equal(find("cet"), "set");
}

static void only_so_much_of_the_text_counts(void **state)
{
	struct nearest nearest;

	(void)state;
	nearest_begin(&nearest, "ownr=alice", 4);
	nearest_offer(&nearest, "owner");
	assert_string_equal(nearest.word, "owner");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_letter_more_less_other_or_elsewhere_is_near),
		cmocka_unit_test(the_beginning_is_near),
		cmocka_unit_test(what_is_far_is_none),
		cmocka_unit_test(of_those_as_near_the_first_stays),
		cmocka_unit_test(only_so_much_of_the_text_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

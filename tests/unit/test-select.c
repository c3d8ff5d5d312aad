/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "lib/segment.h"
#include "lib/select.h"

static void a_decimal_operand_is_an_id_and_a_hex_one_a_key(void **state)
{
	struct selector selector;

	(void)state;
	assert_int_equal(selector_parse("111111", &selector), 0);
	assert_false(selector.by_key);
	assert_int_equal(selector.id, 111111);
	assert_int_equal(selector_parse("0x0001b207", &selector), 0);
	assert_true(selector.by_key);
	assert_int_equal(selector.key, 0x1b207);
}

static void an_operand_that_is_neither_is_refused(void **state)
{
	static const char *const bad[] = {"",		"-1",  " 7",  "12x",
					  "1b207",	"0x",  "0x0", "0x100000001",
					  "4294967296", "0777"};
	struct selector selector;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		if (selector_parse(bad[i], &selector) != -1)
			fail_msg("taken: '%s'", bad[i]);
}

static void ids_match_ids_and_keys_keys(void **state)
{
	const struct segment segment = {.id = 7, .key = 9};

	(void)state;
	assert_true(selector_matches(&(struct selector){.id = 7}, &segment));
	assert_false(selector_matches(&(struct selector){.id = 9}, &segment));
	assert_true(
		selector_matches(&(struct selector){.by_key = true, .key = 9}, &segment));
	assert_false(
		selector_matches(&(struct selector){.by_key = true, .key = 7}, &segment));
}

static void its_text_says_which_of_the_two_it_is(void **state)
{
	char text[SELECTOR_ROOM];

	(void)state;
	selector_text(&(struct selector){.id = 2147483647}, text);
	assert_string_equal(text, "segment 2147483647");
	selector_text(&(struct selector){.by_key = true, .key = 0x1b207}, text);
	assert_string_equal(text, "key 0x0001b207");
}

static void any_difference_makes_another_segment(void **state)
{
	const struct segment seen = {.id = 1,
				     .key = 2,
				     .cuid = 3,
				     .cgid = 4,
				     .cpid = 5,
				     .size = 6,
				     .ctime = 7};
	struct segment now;

	(void)state;
	now = seen;
	now.nattch = 9, now.rss = 9, now.atime = 9, now.uid = 9;
	assert_true(segment_same(&seen, &now));
#define DIFFERS(field)  \
	now = seen;     \
	now.field = 99; \
	assert_false(segment_same(&seen, &now))
	DIFFERS(id);
	DIFFERS(key);
	DIFFERS(cuid);
	DIFFERS(cgid);
	DIFFERS(cpid);
	DIFFERS(size);
	DIFFERS(ctime);
}

static void any_use_or_change_is_a_touch(void **state)
{
	const struct segment seen = {.id = 1, .mode = 0600, .rss = 5};
	struct segment now = seen;

	(void)state;
	now.rss = now.swap = 9;
	assert_true(segment_untouched(&seen, &now));
#define TOUCHES(field)           \
	now = seen;              \
	now.field = !seen.field; \
	assert_false(segment_untouched(&seen, &now))
	TOUCHES(id);
	TOUCHES(uid);
	TOUCHES(gid);
	TOUCHES(mode);
	TOUCHES(dest);
	TOUCHES(locked);
	TOUCHES(nattch);
	TOUCHES(lpid);
	TOUCHES(atime);
	TOUCHES(dtime);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_decimal_operand_is_an_id_and_a_hex_one_a_key),
		cmocka_unit_test(an_operand_that_is_neither_is_refused),
		cmocka_unit_test(ids_match_ids_and_keys_keys),
		cmocka_unit_test(its_text_says_which_of_the_two_it_is),
		cmocka_unit_test(any_use_or_change_is_a_touch),
		cmocka_unit_test(any_difference_makes_another_segment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

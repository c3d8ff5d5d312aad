/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "lib/segment.h"
#include "lib/select.h"
#include "lib/verdict.h"

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

static void a_sum_that_is_too_much_or_of_the_unknown_is_unknown(void **state)
{
	(void)state;
	assert_true(segment_sum(1, 2) == 3);
	assert_true(segment_sum(0, UINT64_MAX - 1) == UINT64_MAX - 1);
	assert_true(segment_sum((uint64_t)1 << 63, (uint64_t)1 << 63) == SEGMENT_UNKNOWN);
	assert_true(segment_sum(0, SEGMENT_UNKNOWN) == SEGMENT_UNKNOWN);
	assert_true(segment_sum(SEGMENT_UNKNOWN, 1) == SEGMENT_UNKNOWN);
}

/* What passes everything, and what it is asked of. */
static const struct filter all = FILTER_ALL;
static const struct finding plain = {
	.segment = {.id = 7,
		    .key = 0x50,
		    .uid = 1,
		    .cuid = 2,
		    .gid = 3,
		    .mode = 0600,
		    .size = 4096,
		    .cpid = 10,
		    .lpid = 11},
	.verdict = {.state = STATE_ORPHAN, .idle = 100},
};

/* With one condition set, and all others as they let everything pass. */
#define EXPECT(passes, name, value, finding)                                         \
	do {                                                                         \
		struct filter filter = all;                                          \
		filter.name = value;                                                 \
		assert_int_equal(filter_passes(&filter, &(finding), false), passes); \
	} while (0)

static void a_filter_of_nothing_passes_everything(void **state)
{
	struct finding attached = plain;

	(void)state;
	attached.verdict.idle = -1;
	assert_true(filter_passes(&all, &plain, false));
	assert_true(filter_passes(&all, &attached, false));
}

static void a_filter_is_set_by_any_condition(void **state)
{
	struct key_range range = {1, 2};
	struct filter filters[13];
	size_t n = 0;

	(void)state;
	assert_false(filter_is_set(&all));
	for (size_t i = 0; i < COUNT(filters); i++)
		filters[i] = all;
	filters[n++].owner.set = true;
	filters[n++].creator.set = true;
	filters[n++].group.set = true;
	filters[n++].states = 1u << STATE_ORPHAN;
	filters[n++].keys = (struct key_ranges){&range, 1};
	filters[n++].private_only = true;
	filters[n++].keyed_only = true;
	filters[n++].min_size = 1;
	filters[n++].max_size = 1;
	filters[n++].older_than = 0;
	filters[n++].newer_than = 0;
	filters[n++].pid = 1;
	filters[n++].mode = 0;
	assert_int_equal(n, COUNT(filters));
	for (size_t i = 0; i < COUNT(filters); i++)
		assert_true(filter_is_set(&filters[i]));
}

static void each_condition_tells_its_own_from_others(void **state)
{
	const struct some_id one = {true, 1}, two = {true, 2}, three = {true, 3};

	(void)state;
	EXPECT(true, owner, one, plain);
	EXPECT(false, owner, two, plain);
	EXPECT(true, creator, two, plain);
	EXPECT(false, creator, one, plain);
	EXPECT(true, group, three, plain);
	EXPECT(false, group, one, plain);
	EXPECT(true, states, 1u << STATE_ORPHAN | 1u << STATE_DEST, plain);
	EXPECT(false, states, 1u << STATE_DEST, plain);
	EXPECT(true, keyed_only, true, plain);
	EXPECT(false, private_only, true, plain);
	EXPECT(true, min_size, 4096, plain);
	EXPECT(false, min_size, 4097, plain);
	EXPECT(true, max_size, 4096, plain);
	EXPECT(false, max_size, 4095, plain);
	EXPECT(true, mode, 0600, plain);
	EXPECT(false, mode, 0400, plain);
	EXPECT(true, older_than, 100, plain);
	EXPECT(false, older_than, 101, plain);
	EXPECT(true, newer_than, 101, plain);
	EXPECT(false, newer_than, 100, plain);
	EXPECT(true, pid, 10, plain);
	EXPECT(true, pid, 11, plain);
	EXPECT(false, pid, 12, plain);
}

static void what_is_attached_is_new_and_never_old(void **state)
{
	struct finding attached = plain;

	(void)state;
	attached.verdict.idle = -1;
	EXPECT(false, older_than, 0, attached);
	EXPECT(true, newer_than, 1, attached);
}

static void a_holder_passes_by_its_pid(void **state)
{
	struct filter filter = FILTER_ALL;

	(void)state;
	filter.pid = 12;
	assert_false(filter_passes(&filter, &plain, false));
	assert_true(filter_passes(&filter, &plain, true));
}

static void a_pid_passes_as_long_as_it_may_be_the_process_that_is_named(void **state)
{
	static const struct {
		enum fate creator, last;
		bool passes, in_doubt;
	} table[] = {
		{FATE_RUNNING, FATE_RUNNING, true, false},
		{FATE_GONE, FATE_GONE, true, false},
		{FATE_REPLACED, FATE_REPLACED, false, false},
		{FATE_POSSIBLE, FATE_POSSIBLE, true, true},
		{FATE_POSSIBLE, FATE_REPLACED, true, true},
		{FATE_REPLACED, FATE_RUNNING, true, false},
		{FATE_POSSIBLE, FATE_RUNNING, true, false},
	};
	struct filter filter = FILTER_ALL;
	struct finding f = plain;

	(void)state;
	filter.pid = f.segment.cpid = f.segment.lpid = 10;
	for (size_t i = 0; i < COUNT(table); i++) {
		f.verdict.creator = table[i].creator;
		f.verdict.last = table[i].last;
		assert_int_equal(filter_passes(&filter, &f, false), table[i].passes);
		assert_int_equal(filter_is_in_doubt(&filter, &f), table[i].in_doubt);
		assert_true(filter_passes(&filter, &f, true));
		assert_false(filter_is_in_doubt(&all, &f));
	}
	/* What became of another does not count. */
	f.segment.lpid = 11;
	f.verdict.creator = FATE_REPLACED;
	f.verdict.last = FATE_RUNNING;
	assert_false(filter_passes(&filter, &f, false));
}

static void all_conditions_must_hold(void **state)
{
	struct filter filter = FILTER_ALL;

	(void)state;
	filter.owner = (struct some_id){true, 1};
	filter.min_size = 5000;
	assert_false(filter_passes(&filter, &plain, false));
}

static void key_ranges_include_both_ends(void **state)
{
	struct filter filter = FILTER_ALL;
	struct finding finding = plain;

	(void)state;
	assert_int_equal(key_ranges_parse("0x10-0x20", &filter.keys), 0);
	assert_int_equal(key_ranges_parse("80", &filter.keys), 0);
	finding.segment.key = 0x10;
	assert_true(filter_passes(&filter, &finding, false));
	finding.segment.key = 0x20;
	assert_true(filter_passes(&filter, &finding, false));
	finding.segment.key = 0x50;
	assert_true(filter_passes(&filter, &finding, false));
	finding.segment.key = 0x21;
	assert_false(filter_passes(&filter, &finding, false));
	finding.segment.key = 0;
	assert_false(filter_passes(&filter, &finding, false));
	key_ranges_release(&filter.keys);
}

static void wrong_key_ranges_are_refused(void **state)
{
	static const char *const wrong[] = {"",
					    "-",
					    "0x1-",
					    "-0x1",
					    "0x2-0x1",
					    "0-5",
					    "0x1-0",
					    "0x1-0x2-0x3",
					    "0x1 - 0x2",
					    "0x1-0x100000000",
					    "00000000000000000000000000000000001-2"};
	struct key_ranges ranges = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++)
		if (key_ranges_parse(wrong[i], &ranges) != -1)
			fail_msg("taken: '%s'", wrong[i]);
	assert_int_equal(ranges.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_decimal_operand_is_an_id_and_a_hex_one_a_key),
		cmocka_unit_test(an_operand_that_is_neither_is_refused),
		cmocka_unit_test(ids_match_ids_and_keys_keys),
		cmocka_unit_test(its_text_says_which_of_the_two_it_is),
		cmocka_unit_test(a_sum_that_is_too_much_or_of_the_unknown_is_unknown),
		cmocka_unit_test(a_filter_of_nothing_passes_everything),
		cmocka_unit_test(a_filter_is_set_by_any_condition),
		cmocka_unit_test(each_condition_tells_its_own_from_others),
		cmocka_unit_test(what_is_attached_is_new_and_never_old),
		cmocka_unit_test(a_holder_passes_by_its_pid),
		cmocka_unit_test(
			a_pid_passes_as_long_as_it_may_be_the_process_that_is_named),
		cmocka_unit_test(all_conditions_must_hold),
		cmocka_unit_test(key_ranges_include_both_ends),
		cmocka_unit_test(wrong_key_ranges_are_refused),
		cmocka_unit_test(any_use_or_change_is_a_touch),
		cmocka_unit_test(any_difference_makes_another_segment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

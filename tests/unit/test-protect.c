/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <stdlib.h>

#include "lib/protect.h"
#include "lib/verdict.h"

/* An orphan whose last user, an X server, runs. */
static const struct finding garbage = {
	.segment = {.id = 7,
		    .key = 0x50,
		    .uid = 1000,
		    .cuid = 1000,
		    .size = 4096,
		    .lpid = 20},
	.last = {.pid = 20, .command = "Xorg"},
	.creator = {.pid = 10, .command = "xterm"},
	.verdict = {.state = STATE_IDLE, .creator = FATE_GONE, .last = FATE_RUNNING},
};

static int release(void **state)
{
	protects_release(*state);
	return 0;
}

static int setup(void **state)
{
	static struct protects protects;

	*state = &protects;
	return 0;
}

static void no_rule_protects_nothing(void **state)
{
	assert_null(protects_find(*state, &garbage));
}

static void the_first_rule_that_fits_gives_the_reason(void **state)
{
	struct protects *protects = *state;

	protects_add(protects, "small")->filter.max_size = 100;
	protects_add(protects, "alice")->filter.owner = (struct some_id){true, 1000};
	protects_add(protects, "large")->filter.min_size = 4096;
	assert_string_equal(protects_find(protects, &garbage)->name, "alice");
}

static void all_that_a_rule_asks_for_must_hold(void **state)
{
	struct protects *protects = *state;
	struct protect *rule = protects_add(protects, "rule");

	rule->filter.owner = (struct some_id){true, 1000};
	rule->filter.min_size = 4097;
	assert_null(protects_find(protects, &garbage));
	rule->filter.min_size = 4096;
	assert_non_null(protects_find(protects, &garbage));
}

static void a_command_is_that_of_a_creator_or_last_user_who_runs(void **state)
{
	static const struct {
		const char *command;
		enum fate creator, last;
		bool protects;
	} table[] = {
		{"Xorg", FATE_GONE, FATE_RUNNING, true},
		{"Xorg", FATE_GONE, FATE_POSSIBLE, true},
		{"Xorg", FATE_GONE, FATE_REPLACED, false},
		{"Xorg", FATE_GONE, FATE_GONE, false},
		{"Xor", FATE_GONE, FATE_RUNNING, false},
		{"xterm", FATE_GONE, FATE_RUNNING, false},
		{"xterm", FATE_REPLACED, FATE_RUNNING, false},
		{"xterm", FATE_RUNNING, FATE_RUNNING, true},
	};
	struct protects *protects = *state;
	struct protect *rule = protects_add(protects, "rule");
	struct finding f = garbage;

	for (size_t i = 0; i < COUNT(table); i++) {
		rule->command = strdup(table[i].command);
		f.verdict.creator = table[i].creator;
		f.verdict.last = table[i].last;
		assert_int_equal(!!protects_find(protects, &f), table[i].protects);
		free(rule->command);
	}
	rule->command = NULL;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(no_rule_protects_nothing, setup, release),
		cmocka_unit_test_setup_teardown(the_first_rule_that_fits_gives_the_reason,
						setup, release),
		cmocka_unit_test_setup_teardown(all_that_a_rule_asks_for_must_hold, setup,
						release),
		cmocka_unit_test_setup_teardown(
			a_command_is_that_of_a_creator_or_last_user_who_runs, setup,
			release),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

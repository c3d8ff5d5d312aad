/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Command lines: a verb by its number, and a word a line. They are only parsed. */
#include "fuzz.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>

#include "lib/select.h"
#include "lib/semaphore.h"
#include "lib/verdict.h"

#include "command.h"
#include "option.h"

extern const struct command command_attach_write, command_cat, command_create, command_gc,
	command_key, command_limits, command_list, command_rm, command_set, command_stat;

/* Users that do not depend on the machine. */
struct passwd *getpwnam(const char *name)
{
	static struct passwd alice = {.pw_uid = 1000};

	return strcmp(name, "alice") == 0 ? &alice : NULL;
}

struct group *getgrnam(const char *name)
{
	static struct group staff = {.gr_gid = 50};

	return strcmp(name, "staff") == 0 ? &staff : NULL;
}

static void check_selector(const char *text)
{
	struct selector selector = {.id = -7}, again = {0};
	char printed[SELECTOR_ROOM];

	if (selector_parse(text, &selector)) {
		FUZZ_CHECK(errno == EINVAL || errno == ERANGE);
		FUZZ_CHECK(selector.id == -7);
		return;
	}
	selector_text(&selector, printed);
	FUZZ_CHECK(selector_parse(strchr(printed, ' ') + 1, &again) == 0);
	FUZZ_CHECK(again.by_key == selector.by_key && again.key == selector.key);
	FUZZ_CHECK(again.by_key || again.id == selector.id);
}

static void check_keys(const char *text)
{
	struct key_ranges ranges = {0};

	if (key_ranges_parse(text, &ranges) == 0)
		FUZZ_CHECK(ranges.count == 1 && ranges.item[0].first > 0 &&
			   ranges.item[0].first <= ranges.item[0].last);
	else
		FUZZ_CHECK(ranges.count == 0);
	key_ranges_release(&ranges);
}

static void check_semaphore(const char *text)
{
	struct semaphore_name name = {0}, again = {0};
	char printed[SEMAPHORE_ROOM];

	if (semaphore_parse(text, &name))
		return;
	semaphore_text(&name, printed);
	FUZZ_CHECK(semaphore_parse(strchr(printed, ' ') + 1, &again) == 0);
	FUZZ_CHECK(again.by_key == name.by_key && again.number == name.number);
	FUZZ_CHECK(name.by_key ? again.key == name.key : again.id == name.id);
}

static void check_state(const char *text)
{
	enum state state;

	for (size_t length = 0; length <= strlen(text) && length < 16; length++)
		if (verdict_parse_state(text, length, &state) == 0)
			FUZZ_CHECK(length >= strlen("idle") &&
				   length <= strlen("attached"));
}

static void parse(const struct command *command, int argc, char *argv[])
{
	void *settings = calloc(1, command->size);
	int status;

	FUZZ_CHECK(settings);
	if (command->defaults)
		memcpy(settings, command->defaults, command->size);
	status = option_parse(command, argc, argv, settings);
	FUZZ_CHECK(status == 0 || status == EXIT_USAGE || status == -1);
	option_release(command, settings);
	free(settings);
}

void fuzz_selection(const uint8_t *data, size_t size)
{
	static const struct command *const commands[] = {
		&command_list, &command_rm,	     &command_gc,     &command_stat,
		&command_set,  &command_cat,	     &command_create, &command_limits,
		&command_key,  &command_attach_write};
	enum { COMMANDS = sizeof(commands) / sizeof(commands[0]), WORDS = 64 };
	const struct command *command = commands[size ? data[0] % COMMANDS : 0];
	const size_t used = size ? 1 : 0;
	char *text = fuzz_string(data + used, size - used), *rest = text;
	char *argv[WORDS + 1] = {(char[]){"verb"}};
	int argc = 1;

	check_selector(text);
	check_keys(text);
	check_semaphore(text);
	check_state(text);
	while (argc < WORDS && rest)
		argv[argc++] = strsep(&rest, "\n");
	fuzz_silence();
	parse(command, argc, argv);
	free(text);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "completion.h"

#include <ctype.h>
#include <dirent.h>
#include <grp.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lib/procfs.h"
#include "lib/survey.h"

#include "column.h"
#include "command.h"
#include "format.h"
#include "names.h"
#include "option.h"
#include "value.h"

/* What is typed of a word: what stays as it is, and the beginning of what may follow. */
struct typed {
	const char *word;
	size_t kept;
	const char *rest;
};

static struct typed typed_at(const char *word, const char *rest)
{
	return (struct typed){word, (size_t)(rest - word), rest};
}

/* One word, if it begins as what is typed; its meaning as printf(3), safe for a terminal. */
static void __attribute__((format(printf, 3, 4)))
offer(const struct typed *typed, const char *word, const char *format, ...)
{
	va_list arguments;

	/* Such a name could not be typed like this. */
	if (!*word || strncmp(word, typed->rest, strlen(typed->rest)) != 0 ||
	    !format_is_plain(word))
		return;
	printf("%.*s%s\t", (int)typed->kept, typed->word, word);
	va_start(arguments, format);
	format_print_safe(stdout, format, arguments);
	va_end(arguments);
	putchar('\n');
}

static void offer_users(const struct typed *typed)
{
	const struct passwd *user;

	setpwent();
	while ((user = getpwent()))
		offer(typed, user->pw_name, "%ju", (uintmax_t)user->pw_uid);
	endpwent();
}

static void offer_groups(const struct typed *typed)
{
	const struct group *group;

	setgrent();
	while ((group = getgrent()))
		offer(typed, group->gr_name, "%ju", (uintmax_t)group->gr_gid);
	endgrent();
}

static void offer_processes(const struct typed *typed)
{
	DIR *directory = opendir("/proc");
	const struct dirent *entry;

	while (directory && (entry = readdir(directory)))
		if (isdigit((unsigned char)entry->d_name[0]))
			offer(typed, entry->d_name, "process");
	if (directory)
		closedir(directory);
}

static void offer_segment(const struct typed *typed, enum offers what,
			  const struct finding *finding, struct names *names)
{
	const struct segment *segment = &finding->segment;
	char id[FORMAT_ROOM], key[FORMAT_ROOM], size[FORMAT_ROOM];
	const char *state = verdict_state_name(finding->verdict.state);
	const char *owner = names_user(names, segment->uid);

	format_signed(segment->id, id);
	format_key(segment->key, key);
	format_size(segment->size, size);
	if (what != OFFERS_KEYS)
		offer(typed, id, "%s %s %s %s", segment->key ? key : "private", size,
		      owner, state);
	if (what != OFFERS_IDS && segment->key)
		offer(typed, key, "id %s %s %s %s", id, size, owner, state);
}

static void offer_segments(const struct typed *typed, enum offers what)
{
	struct names names = {0};
	struct finding finding;
	struct survey survey;

	if (survey_open(&survey, PROCFS_SHM))
		return;
	while (survey_next(&survey, &finding) > 0)
		offer_segment(typed, what, &finding, &names);
	survey_close(&survey);
	names_release(&names);
}

/* The one after the last comma; columns may have a sign before them. */
static struct typed last_of_list(const struct typed *typed)
{
	const char *comma = strrchr(typed->rest, ','),
		   *rest = comma ? comma + 1 : typed->rest;

	rest += strspn(rest, "+-");
	return typed_at(typed->word, rest);
}

static void offer_columns(const struct typed *list)
{
	const struct typed typed = last_of_list(list);

	for (const struct column *column = column_table; column->name; column++)
		offer(&typed, column->name, "%s", column->help);
}

static void offer_states(const struct typed *list)
{
	const struct typed typed = last_of_list(list);

	for (enum state state = STATE_ATTACHED; state <= STATE_ORPHAN; state++)
		offer(&typed, verdict_state_name(state), "%s",
		      verdict_state_meaning(state));
}

static void offer_when(const struct typed *typed)
{
	static const char *const meanings[] = {
		[WHEN_AUTO] = "on a terminal",
		[WHEN_ALWAYS] = "also into a pipe or a file",
		[WHEN_NEVER] = "not at all",
	};

	for (enum when when = WHEN_AUTO; when <= WHEN_NEVER; when++)
		offer(typed, when_name(when), "%s", meanings[when]);
}

static void offer_verbs(const struct completion *all, const struct typed *typed)
{
	for (size_t i = 0; i < all->count; i++)
		offer(typed, all->commands[i]->name, "%s", all->commands[i]->summary);
}

static void offer_value(const struct completion *all, const struct typed *typed,
			const struct value *value)
{
	switch (value->offers) {
	case OFFERS_NOTHING:
		break;
	case OFFERS_FILES:
		puts("\tfiles");
		break;
	case OFFERS_USERS:
		offer_users(typed);
		break;
	case OFFERS_GROUPS:
		offer_groups(typed);
		break;
	case OFFERS_PROCESSES:
		offer_processes(typed);
		break;
	case OFFERS_SEGMENTS:
	case OFFERS_IDS:
	case OFFERS_KEYS:
		offer_segments(typed, value->offers);
		break;
	case OFFERS_COLUMNS:
		offer_columns(typed);
		break;
	case OFFERS_STATES:
		offer_states(typed);
		break;
	case OFFERS_WHEN:
		offer_when(typed);
		break;
	case OFFERS_VERBS:
		offer_verbs(all, typed);
		break;
	}
}

static void offer_options(const struct typed *typed, const struct command *command)
{
	for (const struct option_row *row = command->options; row && row->name; row++)
		offer(typed, row->name, "%s", row->help);
	offer(typed, OPTION_HELP_NAME, "%s", OPTION_HELP_TEXT);
}

/* The option that is "--name", up to length, or "-x"; or NULL. */
static const struct option_row *find_option(const struct command *command,
					    const char *word, size_t length)
{
	for (const struct option_row *row = command->options; row && row->name; row++) {
		if (length == 2 && word[0] == '-' && row->letter == word[1])
			return row;
		if (length == strlen(row->name) + 2 && strncmp(word, "--", 2) == 0 &&
		    strncmp(word + 2, row->name, length - 2) == 0)
			return row;
	}
	return NULL;
}

/* The value whose argument the last word is: of the option before it; or NULL. */
static const struct value *awaited(const struct command *command, const char *before)
{
	const struct option_row *row = find_option(command, before, strlen(before));

	return row && row->value && !row->value->optional ? row->value : NULL;
}

static void offer_first(const struct completion *all, const struct typed *typed)
{
	offer_verbs(all, typed);
	if (*typed->word != '-')
		return;
	for (const struct main_option *option = all->options; option->name; option++)
		offer(typed, option->name, "%s", option->help);
}

void completion_offer(const struct completion *all, const struct command *command,
		      const struct paths *words)
{
	const char *word = words->item[words->count - 1], *equals = strchr(word, '=');
	const struct typed whole = typed_at(word, word);
	const struct option_row *row;
	const struct value *value;
	struct typed typed;

	if (words->count == 1) {
		offer_first(all, &whole);
		return;
	}
	if (words->count == 2 && *words->item[0] == '-') {
		offer_verbs(all, &whole); /* --show-privileges */
		return;
	}
	if (!command)
		return;
	value = words->count > 2 ? awaited(command, words->item[words->count - 2]) : NULL;
	if (value) {
		offer_value(all, &whole, value);
	} else if (equals && strncmp(word, "--", 2) == 0) {
		row = find_option(command, word, (size_t)(equals - word));
		typed = typed_at(word, equals + 1);
		if (row && row->value)
			offer_value(all, &typed, row->value);
	} else if (*word == '-') {
		/* Also after one dash. */
		typed = (struct typed){"--", strlen("--"), word + strspn(word, "-")};
		offer_options(&typed, command);
	} else if (command->operands.value) {
		offer_value(all, &whole, command->operands.value);
	}
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which verb, its command line, its privileges, its exit status. */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "completion.h"
#include "format.h"
#include "nearest.h"
#include "option.h"
#include "privilege.h"
#include "rights.h"
#include "sandbox.h"
#include "value.h"

extern const struct command command_attach_write, command_cat, command_create, command_gc,
	command_key, command_limits, command_list, command_overview, command_rm,
	command_set, command_stat;
static const struct command command_help;

/* The verbs, in the order in which help shows them. */
static const struct command *const commands[] = {
	&command_list,	       &command_stat,	&command_gc,	 &command_rm,
	&command_set,	       &command_limits, &command_create, &command_cat,
	&command_attach_write, &command_key,	&command_help,
};

enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < COMMANDS; i++)
		if (strcmp(name, commands[i]->name) == 0 ||
		    (commands[i]->alias && strcmp(name, commands[i]->alias) == 0))
			return commands[i];
	return NULL;
}

/* --complete is for scripts alone. */
static const struct main_option main_options[] = {
	{"--help", "-h, --help", "show this help"},
	{"--version", "-V, --version", "show the version"},
	{"--show-privileges", "--show-privileges [VERB]",
	 "show what verbs keep of root's privileges"},
	{0},
};

static void main_help(FILE *file)
{
	fputs("Usage: shmtool [VERB [OPTION]... [OPERAND]...]\n\n"
	      "See, judge and remove System V shared memory segments. Without a verb: how\n"
	      "much there is, in which states, and what to look at next.\n\n"
	      "Verbs:\n",
	      file);
	for (size_t i = 0; i < COMMANDS; i++) {
		fprintf(file, "  %-12s ", commands[i]->name);
		format_put_wrapped(commands[i]->summary, 15, 15, file);
		fputc('\n', file);
	}
	fputs("\nOptions:\n", file);
	for (const struct main_option *option = main_options; option->name; option++)
		fprintf(file, "  %-25s %s\n", option->usage, option->help);
	fputs("\n'shmtool help VERB' says more of a verb.\n", file);
}

struct help_settings {
	const struct command *verb; /* NULL: shmtool as a whole */
	bool words;
};

static int parse_verb(const char *text, void *field)
{
	const struct command *command = find_command(text);

	if (!command) {
		errno = EINVAL;
		return -1;
	}
	*(const struct command **)field = command;
	return 0;
}

static const struct value value_verb = {
	.name = "VERB",
	.expected = "one of those that 'shmtool help' lists",
	.offers = OFFERS_VERBS,
	.parse = parse_verb,
};

static const struct option_row help_options[] = {
	{'w', "words", VALUE_FLAG(struct help_settings, words),
	 "a verb or option a line, with its meaning after a tab"},
	{0},
};

static int help_run(void *argument)
{
	const struct help_settings *settings = argument;

	if (settings->verb && settings->words)
		option_words(settings->verb, stdout);
	else if (settings->verb)
		option_help(settings->verb, stdout);
	else if (settings->words)
		for (size_t i = 0; i < COMMANDS; i++)
			printf("%s\t%s\n", commands[i]->name, commands[i]->summary);
	else
		main_help(stdout);
	return EXIT_SUCCESS;
}

static const struct command command_help = {
	.name = "help",
	.summary = "say how to use shmtool, or one of its verbs",
	.operands = {"[VERB]", 0, 1, &value_verb,
		     FIELD(const struct command *, struct help_settings, verb)},
	.options = help_options,
	.size = sizeof(struct help_settings),
	.run = help_run,
};

struct rights_settings {
	const struct command *verb; /* NULL: all */
	unsigned int held;	    /* privileges of the caller, as they were */
};

static int rights_prepare(void *argument)
{
	struct rights_settings *settings = argument;

	settings->held = privilege_held();
	return 0;
}

static int rights_run(void *argument)
{
	const struct rights_settings *settings = argument;
	const int result = settings->verb ? rights_show(settings->verb, settings->held)
					  : rights_show_all(commands, COMMANDS);

	if (result == 0)
		return EXIT_SUCCESS;
	warn(NULL);
	return EXIT_FAILURE;
}

/* An option, but with all that a verb has. */
static const struct command command_show_privileges = {
	.name = "--show-privileges",
	.summary = "show what verbs keep of root's privileges, and may do",
	.operands = {"[VERB]", 0, 1, &value_verb,
		     FIELD(const struct command *, struct rights_settings, verb)},
	.size = sizeof(struct rights_settings),
	.prepare = rights_prepare,
	.run = rights_run,
};

struct complete_settings {
	struct paths words;
};

static int complete_run(void *argument)
{
	const struct complete_settings *settings = argument;
	const struct completion all = {commands, COMMANDS, main_options};

	completion_offer(&all, find_command(settings->words.item[0]), &settings->words);
	return EXIT_SUCCESS;
}

/* For scripts of shells. */
static const struct command command_complete = {
	.name = "--complete",
	.summary = "say what may stand in place of the last word",
	.operands = {"[--] WORD...", 1, INT_MAX,
		     VALUE_WORDS(struct complete_settings, words)},
	.size = sizeof(struct complete_settings),
	.may = MAY_SEE_PROCESSES,
	.run = complete_run,
};

static int refuse(const char *word)
{
	struct nearest nearest;

	nearest_begin(&nearest, word, strlen(word));
	if (word[0] == '-') {
		for (size_t i = 0; main_options[i].name; i++)
			nearest_offer(&nearest, main_options[i].name);
		return usage_error_unknown("option", word, "", &nearest);
	}
	for (size_t i = 0; i < COMMANDS; i++)
		nearest_offer(&nearest, commands[i]->name);
	return usage_error_unknown("verb", word, "", &nearest);
}

/* Run a verb with no more privileges than it names, and able to no more than it may. */
static int run_with_less(const struct command *command, void *settings)
{
	int status = command->prepare ? command->prepare(settings) : 0;

	if (status)
		return status;
	if (privilege_keep(command->privileges)) {
		warnx("cannot give up capabilities, so nothing was done");
		return EXIT_FAILURE;
	}
	if (sandbox_enter(command->may)) {
		warn("cannot give up system calls, so nothing was done");
		return EXIT_FAILURE;
	}
	return command->run(settings);
}

static int run_command(const struct command *command, int argc, char *argv[])
{
	void *settings = calloc(1, command->size);
	int status;

	if (!settings)
		err(EXIT_FAILURE, NULL);
	if (command->defaults)
		memcpy(settings, command->defaults, command->size);

	status = option_parse(command, argc, argv, settings);
	if (status < 0) {
		option_help(command, stdout);
		status = EXIT_SUCCESS;
	} else if (status == 0) {
		status = run_with_less(command, settings);
		if (command->release)
			command->release(settings);
	}
	option_release(command, settings);
	free(settings);
	return status;
}

/*
 * A descriptor 0, 1 or 2 that is closed would be given to the next file opened, and
 * what is meant for the terminal would go there. Writing to this one fails instead, and
 * so does reading, which must not look like an empty input.
 */
static void keep_standard_descriptors(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_PATH);
		if (fd < 0)
			fd = open("/", O_PATH); /* a chroot may have no more than this */
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

/*
 * The end of every verb: what was printed must have arrived. A closed pipe ends the
 * process as it ends cat(1), by SIGPIPE; before the end that would have cut short
 * what the verb has to do. on_pipe is what our caller wanted done about that.
 */
static int finish(int status, void (*on_pipe)(int))
{
	bool failed;
	int error;

	errno = 0; /* what failed earlier fails again, or has left no reason */
	failed = fflush(stdout) || ferror(stdout);
	error = errno;
	if (fclose(stdout) == 0 && !failed)
		return status;
	if (failed)
		errno = error;
	if (errno == EPIPE) {
		signal(SIGPIPE, on_pipe);
		raise(SIGPIPE);
	}
	if (errno)
		warn("write error");
	else
		warnx("write error");
	return status == EXIT_USAGE ? status : EXIT_FAILURE;
}

int main(int argc, char *argv[])
{
	void (*on_pipe)(int) = signal(SIGPIPE, SIG_IGN);
	const struct command *command;
	char name[32] = "shmtool", *alone[] = {name, NULL};
	int status = EXIT_SUCCESS;

	/* As with a full disk: what was begun is ended, and what was made is removed. */
	signal(SIGXFSZ, SIG_IGN);
	keep_standard_descriptors();
	setlocale(LC_CTYPE, "");
	program_invocation_short_name = name;
	if (privilege_is_lent()) {
		warnx("not to be run setuid or setgid: 'chmod ug-s' it, and see sudo(8) or setcap(8)");
		return EXIT_FAILURE;
	}
	if (argc < 2)
		return finish(run_command(&command_overview, 1, alone), on_pipe);
	command = strcmp(argv[1], command_show_privileges.name) == 0
			  ? &command_show_privileges
		  : strcmp(argv[1], command_complete.name) == 0 ? &command_complete
								: find_command(argv[1]);
	if (command) {
		/* So that every message says which verb it is from. */
		snprintf(name, sizeof(name), "shmtool %s", command->name);
		status = run_command(command, argc - 1, argv + 1);
	} else if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		main_help(stdout);
	} else if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
		puts(PACKAGE_STRING);
	} else {
		return refuse(argv[1]);
	}
	return finish(status, on_pipe);
}

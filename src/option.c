/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "option.h"

#include <assert.h>
#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "format.h"
#include "nearest.h"
#include "value.h"

/* What getopt_long() returns for the long name of row i is LONG + i. */
enum { OPTIONS_MAX = 48, LONG = 256, LONG_HELP = LONG + OPTIONS_MAX };

/* The table in the forms that getopt_long() wants. */
struct forms {
	char letters[3 * OPTIONS_MAX + 3];
	struct option names[OPTIONS_MAX + 2];
};

int usage_error(const char *format, ...)
{
	va_list arguments;

	/* What is quoted was typed, or pasted, or made by a script. */
	fprintf(stderr, "%s: ", program_invocation_short_name);
	va_start(arguments, format);
	format_print_safe(stderr, format, arguments);
	va_end(arguments);
	fprintf(stderr, "\nTry '%s --help'.\n", program_invocation_short_name);
	return EXIT_USAGE;
}

int usage_error_unknown(const char *kind, const char *word, const char *dashes,
			const struct nearest *nearest)
{
	if (!nearest->word)
		return usage_error("unknown %s '%s'", kind, word);
	return usage_error("unknown %s '%s': did you mean '%s%s'?", kind, word, dashes,
			   nearest->word);
}

static void make_forms(const struct option_row *rows, struct forms *forms)
{
	int argument, i = 0;
	char *letter;

	*forms = (struct forms){0};
	letter = forms->letters;
	*letter++ = ':'; /* tell a missing argument from an unknown option */
	*letter++ = OPTION_HELP_LETTER;
	for (; rows && rows[i].name; i++) {
		assert(i < OPTIONS_MAX);
		argument = !rows[i].value	     ? no_argument
			   : rows[i].value->optional ? optional_argument
						     : required_argument;
		forms->names[i] = (struct option){rows[i].name, argument, NULL, LONG + i};
		if (!rows[i].letter)
			continue;
		*letter++ = rows[i].letter;
		for (int colons = 0; colons < argument; colons++)
			*letter++ = ':'; /* getopt(3): as many as the argument's kind */
	}
	forms->names[i] = (struct option){OPTION_HELP_NAME, no_argument, NULL, LONG_HELP};
}

static const struct option_row *find_row(const struct option_row *rows, int found)
{
	if (found >= LONG)
		return rows + (found - LONG);
	while (rows->letter != found)
		rows++;
	return rows;
}

/*
 * The word on the command line that getopt_long() stopped at. In the middle of a
 * cluster of letters it has not gone on to the next one yet.
 */
static const char *current_word(int argc, char *argv[])
{
	if (optind < argc && argv[optind][0] == '-' && argv[optind][1] != '-' &&
	    strchr(argv[optind], optopt))
		return argv[optind];
	return argv[optind - 1];
}

/*
 * Whether a word, "--name" or "--name=value", has the whole name of an option. getopt_long()
 * also takes "--own" for --owner; but that may mean another option one day.
 */
static bool is_long_option(const struct option *names, const char *word)
{
	const char *name = word + strlen("--");
	const size_t length = strcspn(name, "=");

	for (; names->name; names++)
		if (strlen(names->name) == length &&
		    strncmp(names->name, name, length) == 0)
			return true;
	return false;
}

static int refuse_long(const struct option *names, const char *word)
{
	const char *name = word + strlen("--");
	struct nearest nearest;

	nearest_begin(&nearest, name, strcspn(name, "="));
	for (; names->name; names++)
		nearest_offer(&nearest, names->name);
	return usage_error_unknown("option", word, "--", &nearest);
}

/* The message for an option that getopt_long() did not take. */
static int refuse(int found, const char *word, const struct option *names)
{
	char letter[] = {'-', (char)optopt, '\0'};
	const char *name = optopt > 0 && optopt < LONG && isalpha(optopt) ? letter : word;

	if (strncmp(word, "--", 2) == 0 && !is_long_option(names, word))
		return refuse_long(names, word);
	if (found == ':')
		return usage_error("option '%s' needs an argument", name);
	if (optopt >= LONG)
		return usage_error("option '%.*s' takes no argument",
				   (int)strcspn(word, "="), word);
	return usage_error("unknown option '%s'", name);
}

/* The word with the long option that getopt_long() has just taken. */
static const char *long_word(char *argv[])
{
	return optarg && optarg == argv[optind - 1] ? argv[optind - 2] : argv[optind - 1];
}

/* Parse the argument of an option, or an operand where row is NULL. */
static int take(const struct option_row *row, const struct value *value, const char *text,
		void *field)
{
	if (value->parse(text, field) == 0)
		return 0;
	if (errno != EINVAL && errno != ERANGE) {
		warn("'%s'", text);
		return EXIT_FAILURE;
	}
	return usage_error("%s%s%s'%s'%s: expected %s", row ? "--" : "",
			   row ? row->name : "", row ? " " : "", text,
			   errno == ERANGE ? " is out of range" : "", value->expected);
}

/*
 * An optional argument stands in the same word. A number in the next might be meant for
 * one, or for an operand: rm must not take "--wait 30" for segment 30.
 */
static int refuse_ambiguous(const struct option_row *row, const char *next, void *field)
{
	if (!row->value->optional || optarg || !next || row->value->parse(next, field))
		return 0;
	return usage_error("'--%s %s' is ambiguous: say --%s=%s, or --%s last", row->name,
			   next, row->name, next, row->name);
}

/*
 * The last one wins, as everywhere; but not where an option says which one is meant: of two
 * owners neither may be forgotten by who removes. *before is its argument so far, or NULL.
 */
static int refuse_another(const struct option_row *row, const char **before)
{
	const char *first = *before;

	*before = optarg;
	if (!row->value->once || !first || strcmp(first, optarg) == 0)
		return 0;
	return usage_error("--%s '%s' and --%s '%s' exclude each other", row->name, first,
			   row->name, optarg);
}

static int take_operands(const struct operands *operands, int argc, char *argv[],
			 int count, char *settings)
{
	int status;

	if (count + argc < operands->min)
		return usage_error("missing operand: %s", operands->usage);
	if (count > operands->max)
		return usage_error("too many operands: %s", operands->usage);
	if (argc > operands->max - count)
		return usage_error("unexpected operand '%s'",
				   argv[operands->max - count]);
	for (int i = 0; i < argc; i++) {
		status = take(NULL, operands->value, argv[i], settings + operands->field);
		if (status)
			return status;
	}
	return 0;
}

int option_parse(const struct command *command, int argc, char *argv[], void *settings)
{
	const char *arguments[OPTIONS_MAX] = {0};
	const struct option_row *row;
	struct forms forms;
	int found, status, as_operands = 0;
	void *field;

	make_forms(command->options, &forms);
	opterr = 0;
	optind = 0; /* start anew, with the C library's own state too: getopt(3), Notes */
	for (;;) {
		found = getopt_long(argc, argv, forms.letters, forms.names, NULL);
		if (found == -1)
			break;
		if (found == '?' || found == ':')
			return refuse(found, current_word(argc, argv), forms.names);
		if (found >= LONG && !is_long_option(forms.names, long_word(argv)))
			return refuse_long(forms.names, long_word(argv));
		if (found == OPTION_HELP_LETTER || found == LONG_HELP)
			return -1;

		row = find_row(command->options, found);
		if (!row->value) {
			*(bool *)((char *)settings + row->field) = true;
			continue;
		}
		field = (char *)settings + row->field;
		status = refuse_ambiguous(row, argv[optind], field);
		if (!status)
			status = take(row, row->value, optarg, field);
		if (!status)
			status = refuse_another(row, &arguments[row - command->options]);
		if (status)
			return status;
		as_operands += command->operands.usage &&
			       row->field == command->operands.field;
	}
	return take_operands(&command->operands, argc - optind, argv + optind,
			     as_operands, settings);
}

void option_release(const struct command *command, void *settings)
{
	const struct value *operand = command->operands.value;

	for (const struct option_row *row = command->options; row && row->name; row++)
		if (row->value && row->value->release)
			row->value->release((char *)settings + row->field);
	if (operand && operand->release)
		operand->release((char *)settings + command->operands.field);
}

static void help_row(FILE *file, char letter, const char *name, const struct value *value,
		     const char *help)
{
	const bool optional = value && value->optional;
	char left[64];

	snprintf(left, sizeof(left), "%c%c%s --%s%s%s%s", letter ? '-' : ' ',
		 letter ? letter : ' ', letter ? "," : " ", name,
		 optional ? "[=" : (value ? " " : ""), value ? value->name : "",
		 optional ? "]" : "");
	fprintf(file, "  %-28s", left);
	if (strlen(left) > 28)
		fprintf(file, "\n%30s", "");
	fputc(' ', file);
	format_put_wrapped(help, 31, 31, file);
	fputc('\n', file);
}

void option_help(const struct command *command, FILE *file)
{
	const struct option_row *row = command->options;
	const struct value *operand = command->operands.value;

	fprintf(file, "Usage: shmtool %s [OPTION]...%s%s\n\n", command->name,
		command->operands.usage ? " " : "",
		command->operands.usage ? command->operands.usage : "");
	fprintf(file, "%c%s.\n", toupper((unsigned char)command->summary[0]),
		command->summary + 1);
	if (operand)
		fprintf(file, "%s is %s.\n", operand->name, operand->expected);
	fprintf(file, "\nOptions:\n");
	for (; row && row->name; row++)
		help_row(file, row->letter, row->name, row->value, row->help);
	help_row(file, OPTION_HELP_LETTER, OPTION_HELP_NAME, NULL, OPTION_HELP_TEXT);
	if (command->more_help)
		command->more_help(file);
}

void option_words(const struct command *command, FILE *file)
{
	for (const struct option_row *row = command->options; row && row->name; row++)
		fprintf(file, "--%s\t%s\n", row->name, row->help);
	fprintf(file, "--%s\t%s\n", OPTION_HELP_NAME, OPTION_HELP_TEXT);
}

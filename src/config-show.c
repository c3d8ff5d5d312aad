/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <stdarg.h>
#include <string.h>

#include "format.h"
#include "sections.h"
#include "setting.h"

enum { COLUMN = 40 }; /* of the comments */

static void show_line(FILE *out, const char *source, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* As format_put_safe() prints it, or less. */
static size_t printed_length(const char *text)
{
	size_t length = 0;

	for (; *text; text++)
		length += *text >= ' ' && *text <= '~' ? 1 : strlen("\\xff");
	return length;
}

static void show_source(const char *source, FILE *out)
{
	fputs("; ", out);
	format_put_safe(source, out);
	putc('\n', out);
}

/*
 * A line and where it is from: before it, if both together could not be read back. The
 * line has no controls, or it would not have been read, and is the same in any locale.
 */
static void show_line(FILE *out, const char *source, const char *format, ...)
{
	char line[2 * SECTIONS_LINE];
	va_list arguments;
	size_t length;
	bool fits;

	va_start(arguments, format);
	vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	length = strlen(line) < COLUMN ? COLUMN : strlen(line);
	fits = length + strlen(" ; ") + printed_length(source) <= SECTIONS_LINE;
	if (fits) {
		fprintf(out, "%-*s ", COLUMN, line);
		show_source(source, out);
	} else {
		show_source(source, out);
		fprintf(out, "%s\n", line);
	}
}

/* Without blanks where it fits only so. */
static void show_setting(const struct config_line *line, FILE *out)
{
	const char *name = line->setting->name, *text = line->text;

	if (strlen(name) + strlen(" = ") + strlen(text) > SECTIONS_LINE)
		show_line(out, line->source, "%s=%s", name, text);
	else
		show_line(out, line->source, "%s = %s", name, text);
}

/* Whether two rules, from their first lines on, say the same. */
static bool are_same(const struct config_lines *rules, size_t a, size_t b)
{
	const struct config_line *item = rules->item;

	do {
		if (item[a].setting != item[b].setting ||
		    strcmp(item[a].text, item[b].text) != 0)
			return false;
		a++, b++;
	} while (b < rules->count && item[b].setting);
	return !item[a].setting;
}

enum likeness { FIRST, REPEATED, DIFFERENT };

/* What the rule that begins at this line is to those of its name before it. */
static enum likeness compare(const struct config_lines *rules, size_t first)
{
	enum likeness likeness = FIRST;

	for (size_t i = 0; i < first; i++) {
		if (rules->item[i].setting ||
		    strcmp(rules->item[i].text, rules->item[first].text) != 0)
			continue;
		if (are_same(rules, i, first))
			return REPEATED;
		likeness = DIFFERENT;
	}
	return likeness;
}

static bool is_taken(const struct config_lines *rules, const char *name)
{
	for (size_t i = 0; i < rules->count; i++)
		if (!rules->item[i].setting && strcmp(rules->item[i].text, name) == 0)
			return true;
	return false;
}

/* How much of a name is left where a number goes behind it: whole characters. */
static size_t stem_length(const char *name)
{
	const size_t most = CONFIG_RULE_NAME - strlen(" (65535)");
	size_t length = strlen(name);

	if (length > most)
		for (length = most; (name[length] & 0xc0) == 0x80;)
			length--;
	return length;
}

/*
 * The name of the one that begins at this line, with a number, from 2 on, that makes it
 * another than all names that there are, and than those made for the rules before it.
 */
static void make_name(const struct config_lines *rules, size_t first,
		      char name[static CONFIG_RULE_NAME + 1])
{
	const char *text = rules->item[first].text;
	const size_t stem = stem_length(text);
	unsigned int number = 1;

	for (size_t i = 0; i <= first; i++) {
		const struct config_line *line = &rules->item[i];

		if (line->setting || stem_length(line->text) != stem ||
		    strncmp(line->text, text, stem) != 0 ||
		    compare(rules, i) != DIFFERENT)
			continue;
		do {
			number++;
			snprintf(name, CONFIG_RULE_NAME + 1, "%.*s (%u)", (int)stem, text,
				 number);
		} while (is_taken(rules, name));
	}
}

void config_show(const struct config *config, FILE *out)
{
	const struct config_lines *rules = &config->rules;
	const struct config_line *line = rules->item;
	enum likeness likeness = FIRST;
	char name[CONFIG_RULE_NAME + 1];

	for (size_t i = 0; i < config->files.count; i++) {
		fputs("; ", out);
		format_put_safe(config->files.item[i].text, out);
		fprintf(out, ": %s\n", config->files.item[i].source);
	}
	fputs("\n[gc]\n", out);
	for (size_t i = 0; i < config->gc.count; i++)
		show_setting(&config->gc.item[i], out);
	for (size_t i = 0; i < rules->count; i++, line++) {
		if (line->setting) {
			if (likeness != REPEATED)
				show_setting(line, out);
			continue;
		}
		likeness = compare(rules, i);
		if (likeness == REPEATED)
			continue;
		if (likeness == DIFFERENT)
			make_name(rules, i, name);
		putc('\n', out);
		show_line(out, line->source, "[protect %s]",
			  likeness == FIRST ? line->text : name);
	}
}

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

static void show_setting(const struct config_line *line, FILE *out)
{
	show_line(out, line->source, "%s = %s", line->setting->name, line->text);
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

/*
 * Which of the rules with its name that differ the one is that begins at this line,
 * from 1 on; 0 if it only repeats another.
 */
static unsigned int number_of(const struct config_lines *rules, size_t first)
{
	unsigned int number = 1;

	for (size_t i = 0; i < first; i++) {
		if (rules->item[i].setting ||
		    strcmp(rules->item[i].text, rules->item[first].text) != 0)
			continue;
		if (are_same(rules, i, first))
			return 0;
		number++;
	}
	return number;
}

void config_show(const struct config *config, FILE *out)
{
	const struct config_lines *rules = &config->rules;
	const struct config_line *line = rules->item;
	unsigned int number = 0;

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
			if (number)
				show_setting(line, out);
			continue;
		}
		number = number_of(rules, i);
		if (!number)
			continue;
		putc('\n', out);
		if (number == 1)
			show_line(out, line->source, "[protect %s]", line->text);
		else
			show_line(out, line->source, "[protect %s (%u)]", line->text,
				  number);
	}
}

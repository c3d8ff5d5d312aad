/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rights.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "privilege.h"
#include "sandbox.h"
#include "table.h"

static const char *put_name(const char *name, const char *gap, FILE *file)
{
	fprintf(file, "%s%s", gap, name);
	return ", ";
}

static void put_privileges(unsigned int set, FILE *file)
{
	const char *gap = "";

	for (const struct privilege_row *row = privilege_rows(); row->name; row++)
		if (set & row->privilege)
			gap = put_name(row->name, gap, file);
	if (!*gap)
		fputc('-', file);
}

static void put_may(unsigned int may, FILE *file)
{
	const char *gap = "";

	for (const struct may_row *row = sandbox_rows(); row->name; row++)
		if (may & row->may)
			gap = put_name(row->name, gap, file);
	if (!*gap)
		fputs("look", file);
}

/* What put() writes about this set, to be freed; or NULL. */
static char *text_of(unsigned int set, void (*put)(unsigned int set, FILE *file))
{
	char *text = NULL;
	size_t length;
	FILE *file = open_memstream(&text, &length);

	if (!file)
		return NULL;
	put(set, file);
	if (fclose(file) == 0)
		return text;
	free(text);
	return NULL;
}

/* The cells of a verb, to be freed. */
struct rights {
	char *privileges, *may;
};

/* Returns 0, or -1 and errno, as all that follow. */
static int make_rights(const struct command *command, struct rights *rights)
{
	rights->privileges = text_of(command->privileges, put_privileges);
	rights->may = text_of(command->may, put_may);
	return rights->privileges && rights->may ? 0 : -1;
}

static void free_rights(struct rights *rights)
{
	free(rights->privileges);
	free(rights->may);
}

static size_t larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

/* How long a line of the table is. */
static int measure(const struct command *const commands[], size_t count, size_t *width)
{
	size_t name = 0, privileges = 0, may = 0;
	struct rights rights;
	int result = 0;

	for (size_t i = 0; i < count && result == 0; i++) {
		result = make_rights(commands[i], &rights);
		if (result == 0) {
			name = larger(name, strlen(commands[i]->name));
			privileges = larger(privileges, strlen(rights.privileges));
			may = larger(may, strlen(rights.may));
		}
		free_rights(&rights);
	}
	*width = name + 1 + privileges + 1 + may;
	return result;
}

/* The next of several words with commas between, or NULL. */
static const char *cut(char **rest)
{
	char *word = *rest, *comma = word ? strstr(word, ", ") : NULL;

	*rest = comma ? comma + strlen(", ") : NULL;
	if (comma)
		*comma = '\0';
	return word;
}

/* In one row, or in as many as it has privileges, or things that it may. */
static int add_verb(struct libscols_table *table, const struct command *command, bool one)
{
	struct rights rights;
	int result = make_rights(command, &rights);
	char *privileges = rights.privileges, *may = rights.may;
	const char *texts[] = {command->name, privileges, may};

	if (result == 0 && one)
		result = table_add_plain(table, texts, 3);
	for (; result == 0 && !one && (privileges || may); texts[0] = NULL) {
		texts[1] = cut(&privileges);
		texts[2] = cut(&may);
		result = table_add_plain(table, texts, 3);
	}
	free_rights(&rights);
	return result;
}

/* What of it the kernel does not see to. */
static void put_gap(void)
{
	if (!sandbox_refuses_calls())
		puts("calls are refused on x86-64, AArch64 and 64-bit RISC-V alone; here only landlock(7) is in force");
}

int rights_show_all(const struct command *const commands[], size_t count)
{
	static const char *const headings[] = {"VERB", "CAPABILITIES", "MAY"};
	struct libscols_table *table = table_new_plain(headings, 3, 0);
	size_t width;
	int result = table ? measure(commands, count, &width) : -1;

	for (size_t i = 0; i < count && result == 0; i++)
		result = add_verb(table, commands[i], table_has_room(table, width));
	if (result == 0)
		result = table_print(table);
	table_free(table);
	if (result == 0)
		put_gap();
	return result;
}

static int show_privileges(unsigned int set, unsigned int held)
{
	static const char *const headings[] = {"CAPABILITY", "HELD", "FOR"};
	struct libscols_table *table = table_new_plain(headings, 3, 0);
	int result = table ? 0 : -1;

	for (const struct privilege_row *row = privilege_rows(); row->name && result == 0;
	     row++) {
		const char *const texts[] = {
			row->name, held & row->privilege ? "yes" : "no", row->use};

		if (set & row->privilege)
			result = table_add_plain(table, texts, 3);
	}
	if (result == 0)
		result = table_print(table);
	table_free(table);
	return result;
}

int rights_show(const struct command *command, unsigned int held)
{
	if (command->privileges == 0)
		puts("no capability is kept");
	else if (show_privileges(command->privileges, held))
		return -1;
	fputs("may: ", stdout);
	put_may(command->may, stdout);
	putchar('\n');
	put_gap();
	return 0;
}

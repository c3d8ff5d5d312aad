/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rights.h"

#include <stdio.h>
#include <stdlib.h>

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

static int add_verb(struct libscols_table *table, const struct command *command)
{
	char *privileges = text_of(command->privileges, put_privileges);
	char *may = text_of(command->may, put_may);
	const char *const texts[] = {command->name, privileges, may};
	int result = privileges && may ? table_add_plain(table, texts, 3) : -1;

	free(privileges);
	free(may);
	return result;
}

int rights_show_all(const struct command *const commands[], size_t count)
{
	static const char *const headings[] = {"VERB", "CAPABILITIES", "MAY"};
	struct libscols_table *table = table_new_plain(headings, 3, 0);
	int result = table ? 0 : -1;

	for (size_t i = 0; i < count && result == 0; i++)
		result = add_verb(table, commands[i]);
	if (result == 0)
		result = table_print(table);
	table_free(table);
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
	return 0;
}

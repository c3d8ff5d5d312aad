/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What of the tool is run, and what may come of it. */
#include <err.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "build.h"

#define NO_SUCH "segment [0-9]+: no such segment"
#define VANISHED "segment [0-9]+: somebody else has just removed it"
#define CHANGED "segment [0-9]+: left as it is, for it has just been changed: look again"
#define IN_USE "segment [0-9]+: kept: in use, [0-9]+ attach(es)?: .*"
#define DENIED "segment [0-9]+: Permission denied: mode 0[0-7]{3}, owner .*"
#define FORGETS                                                                     \
	"segment [0-9]+: (reading|writing) it makes this process its last user: gc" \
	" will no longer know that PID [0-9]+( \\(.*\\))? uses it"

static const struct tool table[] = {
	{"gc", 14, build_gc, VANISHED, false},
	{"gc --check", 5, build_gc_check, "", true},
	{"rm --unused, selected", 5, build_rm_selected,
	 VANISHED "|segment [0-9]+: kept, for it has just been (used|changed): look again"
		  "|" IN_USE,
	 false},
	{"rm --unused", 6, build_rm_unused,
	 NO_SUCH "|" VANISHED
		 "|segment [0-9]+: kept, for it has just been (used|changed): look again"
		 "|" IN_USE,
	 false},
	{"rm", 6, build_rm,
	 NO_SUCH "|" VANISHED
		 "|segment [0-9]+: kept, for it has just been changed: look again",
	 false},
	{"list", 10, build_list, "", false},
	{"list --holders", 6, build_list_holders, "", false},
	{"list --output=ID", 6, build_list_ids, "", false},
	{"stat", 8, build_stat, NO_SUCH, false},
	{"cat", 10, build_cat, NO_SUCH "|" VANISHED "|" DENIED "|" FORGETS, false},
	{"attach-write", 8, build_attach_write,
	 NO_SUCH "|" VANISHED "|" DENIED "|" FORGETS, false},
	{"set", 8, build_set, NO_SUCH "|" VANISHED "|" CHANGED, false},
	{"limits", 3, build_limits, "", false},
	{"create", 14, build_create,
	 VANISHED "|segment [0-9]+: cannot be attached: .*"
		  "|segment [0-9]+: (not )?removed again.*",
	 false},
	{"create --reuse", 6, build_reuse, VANISHED, false},
};

enum { TOOLS = sizeof(table) / sizeof(table[0]) };

size_t tool_number(const struct tool *tool)
{
	return (size_t)(tool - table);
}

const struct tool *tool_find(const char *name)
{
	for (size_t i = 0; i < TOOLS; i++)
		if (strcmp(table[i].name, name) == 0)
			return &table[i];
	errx(2, "there is no tool %s", name);
}

const char *tool_name(size_t number)
{
	return number < TOOLS ? table[number].name : NULL;
}

/* One that can be had now. */
void tool_choose(struct tools *tools, struct run *run)
{
	unsigned int sum = 0, left;
	const struct tool *tool;

	for (size_t i = 0; i < TOOLS; i++)
		sum += table[i].weight;
	do {
		left = pick(&tools->random, sum);
		for (tool = table; left >= tool->weight; tool++)
			left -= tool->weight;
		*run = (struct run){.tool = tool, .user = ROOT, .slot = NOBODY};
	} while (!tool->build(tools, run));
}

/* Whether a line of stderr, without its end, is one of those that there may be. */
bool tool_explains(const struct tool *tool, const char *line, size_t length)
{
	char pattern[1024], *text = strndup(line, length);
	regex_t regex;
	bool explained;

	if (!text)
		err(2, NULL);
	snprintf(pattern, sizeof(pattern), "^shmtool [a-z-]+: (%s)$",
		 *tool->messages ? tool->messages : "nothing at all");
	if (regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB))
		errx(2, "cannot compile %s", pattern);
	explained = regexec(&regex, text, 0, NULL, 0) == 0;
	regfree(&regex);
	free(text);
	return explained;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command lines of the tool, and what may come of each. */
#include <err.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "soak.h"

#define NO_SUCH "segment [0-9]+: no such segment"
#define VANISHED "segment [0-9]+: somebody else has just removed it"
#define CHANGED "segment [0-9]+: left as it is, for it has just been changed: look again"
#define DENIED "segment [0-9]+: Permission denied: mode 0[0-7]{3}, owner .*"

/* A slot that the user may attach, or that is his; or NOBODY. */
static int some_slot(struct tools *tools, int user, bool own, enum pool pool)
{
	struct soak *soak = tools->soak;

	for (int i = 0; i < 200; i++) {
		const int index = (int)pick(&tools->random, SLOTS);
		const struct slot *slot = &soak->slot[index];

		if (slot->state != SLOT_MADE || slot->remover != BY_NOBODY ||
		    slot->gone || (pool != POOLS && slot->pool != pool))
			continue;
		if (user == ROOT ||
		    (own ? user_id(soak, slot->user) == user_id(soak, user)
			 : look_allows(soak, slot, user)))
			return index;
	}
	return NOBODY;
}

static int some_user(struct tools *tools)
{
	return (int)pick(&tools->random, USERS + 1) - 1;
}

/* For one that is there, by its id. Returns false if none is to be had. */
static bool choose_slot(struct tools *tools, struct run *run, bool own, enum pool pool)
{
	run->user = some_user(tools);
	run->slot = some_slot(tools, run->user, own, pool);
	return run->slot != NOBODY;
}

static void add_id(struct tools *tools, struct run *run)
{
	run_add(run, "%d", tools->soak->slot[run->slot].id);
}

void tool_gc(struct tools *tools, struct run *run, int user, int64_t older_than,
	     bool keyed)
{
	run->does = DOES_GC;
	run->user = user;
	run->older_than = older_than;
	run->keyed = keyed;
	for (const char *const *word =
		     (const char *const[]){"gc", "--config", "/dev/null", "--no-log",
					   "--yes", NULL};
	     *word; word++)
		run_add(run, "%s", *word);
	run_add(run, "--older-than");
	run_add(run, "%ds", (int)older_than);
	if (keyed)
		run_add(run, "--keyed");
	if (!tools->soak->several_users)
		run_add(run, "--system");
	if (chance(&tools->random, 30))
		run_add(run, "--json");
	else if (chance(&tools->random, 80))
		run_add(run, "--quiet");
	else if (chance(&tools->random, 50))
		run_add(run, "--verbose");
}

static bool build_gc(struct tools *tools, struct run *run)
{
	const int user = chance(&tools->random, 60) ? ROOT : some_user(tools);

	tool_gc(tools, run, user, pick(&tools->random, 4), chance(&tools->random, 50));
	run->in_fence = chance(&tools->random, 20);
	return true;
}

static bool build_gc_check(struct tools *tools, struct run *run)
{
	run->user = some_user(tools);
	run_add(run, "gc");
	run_add(run, chance(&tools->random, 50) ? "--check" : "--dry-run");
	run_add(run, chance(&tools->random, 50) ? "--json" : "--verbose");
	run_add(run, "--keyed");
	run_add(run, "--system");
	run_add(run, "--older-than");
	run_add(run, "%us", pick(&tools->random, 3));
	return true;
}

static void begin_rm(struct run *run)
{
	run->does = DOES_RM;
	run_add(run, "rm");
	run_add(run, "--no-log");
}

static bool build_rm_selected(struct tools *tools, struct run *run)
{
	const struct slot first = {.pool = POOL_UNUSED};
	const size_t least = ((size_t)first.pool + 1) << 16;

	run->user = some_user(tools);
	run->in_fence = chance(&tools->random, 20);
	begin_rm(run);
	run_add(run, "--unused");
	run_add(run, "--yes");
	run_add(run, "--min-size");
	run_add(run, "%zu", least + pick(&tools->random, SLOTS));
	run_add(run, "--max-size");
	run_add(run, "%zu", least + SLOTS);
	if (run->user != ROOT) {
		run_add(run, "--owner");
		run_add(run, "%u", user_id(tools->soak, run->user));
	}
	return true;
}

static bool build_rm_unused(struct tools *tools, struct run *run)
{
	if (!choose_slot(tools, run, true, POOL_UNUSED))
		return false;
	begin_rm(run);
	run_add(run, "--unused");
	add_id(tools, run);
	return true;
}

static bool build_rm(struct tools *tools, struct run *run)
{
	if (!choose_slot(tools, run, true, POOL_ANY))
		return false;
	run->marks = true;
	atomic_store(&tools->soak->slot[run->slot].rmid, true);
	begin_rm(run);
	add_id(tools, run);
	return true;
}

static bool build_list(struct tools *tools, struct run *run)
{
	static const char *const options[] = {"--json",	 "--json-lines", "--raw",
					      "--pairs", "--csv",	 "--total",
					      "--count", "--bytes"};

	run->user = some_user(tools);
	run_add(run, "list");
	if (chance(&tools->random, 80))
		run_add(run, "%s", options[pick(&tools->random, 8)]);
	else
		run_add(run, "--holders");
	if (chance(&tools->random, 30))
		run_add(run, "--output-all");
	if (chance(&tools->random, 20))
		run_add(run, "--sort=-size,id");
	return true;
}

static bool build_list_holders(struct tools *tools, struct run *run)
{
	run->user = some_user(tools);
	run_add(run, "list");
	run_add(run, "--holders");
	if (chance(&tools->random, 60))
		run_add(run, "--json");
	return true;
}

static bool build_list_ids(struct tools *tools, struct run *run)
{
	run->does = DOES_LIST;
	run->user = some_user(tools);
	run_add(run, "list");
	run_add(run, "--raw");
	run_add(run, "--noheadings");
	run_add(run, "--output=ID");
	return true;
}

static bool build_stat(struct tools *tools, struct run *run)
{
	run->does = DOES_STAT;
	run->user = some_user(tools);
	run->slot = some_slot(tools, ROOT, false, POOLS);
	if (run->slot == NOBODY)
		return false;
	run_add(run, "stat");
	if (chance(&tools->random, 30))
		run_add(run, "--json");
	add_id(tools, run);
	return true;
}

static void add_page(struct tools *tools, struct run *run)
{
	run->page = pick(&tools->random, PAGES);
	run_add(run, "--offset");
	run_add(run, "%u", run->page * PAGE);
	run_add(run, "--length");
	run_add(run, "%d", PAGE);
}

static bool build_cat(struct tools *tools, struct run *run)
{
	if (!choose_slot(tools, run, false, POOLS))
		return false;
	run->does = DOES_READ;
	run->page = PAGES;
	run_add(run, "cat");
	run_add(run, "--raw");
	if (chance(&tools->random, 30))
		run_add(run, "--copy");
	if (chance(&tools->random, 50))
		add_page(tools, run);
	if (chance(&tools->random, 30)) {
		run_add(run, "--output=output.%d", (int)(run - tools->run));
		run->file = strchr(run->argument[run->arguments - 1], '=') + 1;
	}
	add_id(tools, run);
	return true;
}

static bool build_attach_write(struct tools *tools, struct run *run)
{
	if (!choose_slot(tools, run, false, POOLS))
		return false;
	run->does = DOES_FILL;
	run_add(run, "attach-write");
	if (chance(&tools->random, 30))
		run_add(run, "--verify");
	else if (chance(&tools->random, 30))
		run_add(run, "--stream");
	add_page(tools, run);
	add_id(tools, run);
	return true;
}

static bool build_set(struct tools *tools, struct run *run)
{
	struct slot *slot;

	if (!choose_slot(tools, run, true, POOLS))
		return false;
	slot = &tools->soak->slot[run->slot];
	if (atomic_exchange(&slot->changing, true))
		return false;
	run->does = DOES_SET;
	do
		run->mode = pick_mode(&tools->random);
	while (run->mode == slot->mode);
	slot->next_mode = run->mode;
	run_add(run, "set");
	run_add(run, "--mode=%04o", run->mode);
	add_id(tools, run);
	return true;
}

static bool build_limits(struct tools *tools, struct run *run)
{
	run->user = some_user(tools);
	run_add(run, "limits");
	if (chance(&tools->random, 50))
		run_add(run, "--json");
	return true;
}

/* By an ordinary user: the applications are, too. */
static void begin_create(struct tools *tools, struct run *run)
{
	const struct slot *slot = &tools->soak->slot[run->slot];

	run->does = DOES_CREATE;
	run->user = slot->user;
	run_add(run, "create");
	run_add(run, "--size=%zu", slot_size(tools->soak, slot));
	run_add(run, "--mode=%04o", slot->mode);
	if (slot->key) {
		run_add(run, "--key");
		run_add(run, "0x%x", (unsigned int)slot->key);
	}
}

static bool build_create(struct tools *tools, struct run *run)
{
	struct slot *slot;

	run->slot = slot_take(tools->soak);
	if (run->slot == NOBODY)
		return false;
	slot = &tools->soak->slot[run->slot];
	slot_reset(slot, (enum pool)pick(&tools->random, POOLS),
		   (int)pick(&tools->random, USERS), &tools->random);
	if (chance(&tools->random, 60))
		slot->key = KEY + run->slot;
	begin_create(tools, run);
	run->page = PAGES;
	if (chance(&tools->random, 50)) {
		run->page = 0;
		run_add(run, "--from=-");
	}
	if (slot->key && chance(&tools->random, 50))
		run_add(run, "--reuse");
	if (chance(&tools->random, 30)) {
		run_add(run, "--id-file=id-file.%d", run->slot);
		run->file = strchr(run->argument[run->arguments - 1], '=') + 1;
	}
	slot->state = SLOT_MAKING;
	return true;
}

/* One that may be there: what the owner of a key does at each start. */
static bool build_reuse(struct tools *tools, struct run *run)
{
	struct slot *slot = NULL;

	for (int i = 0; i < 200 && !slot; i++) {
		run->slot = some_slot(tools, ROOT, false, POOLS);
		if (run->slot == NOBODY)
			return false;
		slot = &tools->soak->slot[run->slot];
		if (!slot->key || slot->creator != NOBODY || slot->rmid)
			slot = NULL;
	}
	if (!slot || atomic_exchange(&slot->changing, true))
		return false;
	begin_create(tools, run);
	run->page = PAGES;
	run_add(run, "--reuse");
	return true;
}

static const struct tool table[] = {
	{"gc", 14, build_gc, VANISHED, false},
	{"gc --check", 5, build_gc_check, "", true},
	{"rm --unused, selected", 5, build_rm_selected,
	 VANISHED "|segment [0-9]+: kept, for it has just been (used|changed): look again"
		  "|segment [0-9]+: kept: in use, [0-9]+ attach(es)?",
	 false},
	{"rm --unused", 6, build_rm_unused,
	 NO_SUCH "|" VANISHED
		 "|segment [0-9]+: kept, for it has just been (used|changed): look again"
		 "|segment [0-9]+: kept: in use, [0-9]+ attach(es)?",
	 false},
	{"rm", 6, build_rm,
	 NO_SUCH "|" VANISHED
		 "|segment [0-9]+: kept, for it has just been changed: look again",
	 false},
	{"list", 10, build_list, "", false},
	{"list --holders", 6, build_list_holders, "", false},
	{"list --output=ID", 6, build_list_ids, "", false},
	{"stat", 8, build_stat, NO_SUCH, false},
	{"cat", 10, build_cat, NO_SUCH "|" VANISHED "|" DENIED, false},
	{"attach-write", 8, build_attach_write, NO_SUCH "|" VANISHED "|" DENIED, false},
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

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Command lines of the tool, at random. */
#include <string.h>

#include "build.h"

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
	run_words(run, "gc --config /dev/null --no-log --yes --older-than");
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

bool build_gc(struct tools *tools, struct run *run)
{
	const int user = chance(&tools->random, 60) ? ROOT : some_user(tools);

	tool_gc(tools, run, user, pick(&tools->random, 4), chance(&tools->random, 50));
	run->in_fence = chance(&tools->random, 20);
	run->late = chance(&tools->random, 30);
	return true;
}

bool build_gc_check(struct tools *tools, struct run *run)
{
	run->user = some_user(tools);
	run_words(run, chance(&tools->random, 50) ? "gc --check" : "gc --yes --dry-run");
	run_add(run, chance(&tools->random, 50) ? "--json" : "--verbose");
	run_words(run, "--keyed --system --older-than");
	run_add(run, "%us", pick(&tools->random, 3));
	return true;
}

static void begin_rm(struct run *run)
{
	run->does = DOES_RM;
	run_words(run, "rm --no-log");
}

bool build_rm_selected(struct tools *tools, struct run *run)
{
	const struct slot first = {.pool = POOL_UNUSED};
	const size_t least = ((size_t)first.pool + 1) << 16;

	run->user = some_user(tools);
	run->in_fence = chance(&tools->random, 20);
	run->late = chance(&tools->random, 30);
	begin_rm(run);
	run_words(run, "--unused --yes --min-size");
	run_add(run, "%zu", least + pick(&tools->random, SLOTS));
	run_add(run, "--max-size");
	run_add(run, "%zu", least + SLOTS);
	if (run->user != ROOT) {
		run_add(run, "--owner");
		run_add(run, "%u", user_id(tools->soak, run->user));
	}
	return true;
}

bool build_rm_unused(struct tools *tools, struct run *run)
{
	if (!choose_slot(tools, run, true, POOL_UNUSED))
		return false;
	run->late = chance(&tools->random, 30);
	begin_rm(run);
	run_add(run, "--unused");
	add_id(tools, run);
	return true;
}

bool build_rm(struct tools *tools, struct run *run)
{
	if (!choose_slot(tools, run, true, POOL_ANY))
		return false;
	run->marks = true;
	atomic_store(&tools->soak->slot[run->slot].rmid, true);
	begin_rm(run);
	add_id(tools, run);
	return true;
}

bool build_list(struct tools *tools, struct run *run)
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

bool build_list_holders(struct tools *tools, struct run *run)
{
	run->user = some_user(tools);
	run_words(run, "list --holders");
	if (chance(&tools->random, 60))
		run_add(run, "--json");
	return true;
}

bool build_list_ids(struct tools *tools, struct run *run)
{
	run->does = DOES_LIST;
	run->user = some_user(tools);
	run_words(run, "list --raw --noheadings --output=ID");
	return true;
}

bool build_stat(struct tools *tools, struct run *run)
{
	run->does = DOES_STAT;
	run->user = some_user(tools);
	run->slot = some_slot(tools, ROOT, false, POOLS);
	if (run->slot == NOBODY)
		return false;
	run_add(run, "stat");
	if (chance(&tools->random, 30))
		run_add(run, "--json");
	if (chance(&tools->random, 50))
		run_add(run, "--config=/dev/null");
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

bool build_cat(struct tools *tools, struct run *run)
{
	if (!choose_slot(tools, run, false, POOLS))
		return false;
	run->does = DOES_READ;
	run->page = PAGES;
	run_words(run, "cat --raw");
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

bool build_attach_write(struct tools *tools, struct run *run)
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

bool build_set(struct tools *tools, struct run *run)
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

bool build_limits(struct tools *tools, struct run *run)
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

bool build_create(struct tools *tools, struct run *run)
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
bool build_reuse(struct tools *tools, struct run *run)
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

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What gc and rm have removed, and whether they may. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools.h"

/* What is wrong with it that this run has removed the segment, or NULL. */
static const char *objection(struct soak *soak, const struct run *run,
			     const struct slot *slot, enum family *family)
{
	const int64_t idle = run->ended / SECOND - slot->touched / SECOND;

	*family = YOUNG;
	if (run->user != ROOT && user_id(soak, run->user) != user_id(soak, slot->user))
		return "which is another user's";
	if (run->does == DOES_RM) {
		*family = OWNED;
		if (run->slot != NOBODY)
			return slot == &soak->slot[run->slot] ? NULL
							      : "and not its operand";
		return slot->pool == POOL_UNUSED ? NULL : "which is not selected";
	}
	if (slot->key && !run->keyed)
		return "which has a key";
	if (idle < run->older_than)
		return "which is younger than that";
	*family = ALIVE;
	return slot->alive > run->ended ? "whose creator lives" : NULL;
}

/* An id of which nobody has said yet that it was made: of create, which has not ended. */
static void place_later(struct tools *tools, const struct run *run, int id)
{
	const size_t room = sizeof(tools->unplaced) / sizeof(tools->unplaced[0]);

	for (struct slot *slot = tools->soak->slot; slot < tools->soak->slot + SLOTS;
	     slot++) {
		if (slot->state == SLOT_MADE && slot->previous_id == id)
			return;
		if (slot->state != SLOT_MAKING &&
		    !(slot->state == SLOT_MADE && slot->changing))
			continue;
		tools->unplaced[tools->unplaced_count++ % room] = id;
		return;
	}
	fault(tools->soak, OWNED, "'%s' has removed segment %d, which nobody has made",
	      run_line(run), id);
}

static void judge_removal(struct tools *tools, const struct run *run, int id, bool marked)
{
	struct slot *slot = slot_of_id(tools->soak, id);
	struct soak *soak = tools->soak;
	enum family family;
	const char *wrong;

	tally(soak, run->does == DOES_GC ? T_BY_GC : T_BY_RM);
	if (!slot) {
		place_later(tools, run, id);
		return;
	}
	wrong = objection(soak, run, slot, &family);
	check(soak, YOUNG);
	check(soak, ALIVE);
	if (wrong)
		fault(soak, family, "'%s' has removed %s, %s", run_line(run),
		      slot_name(slot), wrong);
	if (marked && !run->marks)
		fault(soak, ATTACHED, "'%s' has marked %s", run_line(run),
		      slot_name(slot));
	if (slot->remover != BY_NOBODY && slot->remover != BY_OWNER && !slot->rmid)
		fault(soak, OWNED, "'%s' has removed %s once more", run_line(run),
		      slot_name(slot));
	slot->remover = run->does == DOES_GC ? BY_GC : BY_RM;
}

/* One line of what gc or rm says. */
static void judge_line(struct tools *tools, const struct run *run, const char *line)
{
	int id;

	if (sscanf(line, "removed segment %d ", &id) == 1)
		judge_removal(tools, run, id, false);
	else if (sscanf(line, "keep segment %d ", &id) == 1)
		return;
	else if (sscanf(line, "segment %d:", &id) == 1)
		judge_removal(tools, run, id, strstr(line, ": marked") != NULL);
	else if (sscanf(line, " {\"id\": %d,", &id) == 1 &&
		 strstr(line, "\"action\": \"remove\"")) {
		if (strstr(line, "\"result\": \"removed\""))
			judge_removal(tools, run, id, false);
		else if (strstr(line, "\"result\": \"marked\""))
			judge_removal(tools, run, id, true);
		else
			tally(tools->soak, T_SPARED);
	}
}

void judge_removals(struct tools *tools, struct run *run)
{
	char *rest = run->said, *line;

	/* The last line of one that was killed may be half a line. */
	while ((line = strsep(&rest, "\n")) && rest)
		judge_line(tools, run, line);
	if (!run->killed)
		return;
	if (tools->killed_count == tools->killed_room) {
		tools->killed_room = 2 * tools->killed_room + 16;
		tools->killed = reallocarray(tools->killed, tools->killed_room,
					     sizeof(tools->killed[0]));
		if (!tools->killed)
			err(2, NULL);
	}
	tools->killed[tools->killed_count++] = *run;
}

void judge_vanished(struct tools *tools, struct slot *slot)
{
	enum family family;

	check(tools->soak, OWNED);
	if (slot->remover != BY_NOBODY || slot->rmid)
		return;
	for (size_t i = 0; i < tools->killed_count; i++)
		if (!objection(tools->soak, &tools->killed[i], slot, &family)) {
			tally(tools->soak, T_UNSAID);
			return;
		}
	fault(tools->soak, OWNED, "%s is gone, and nobody has said so", slot_name(slot));
}

/* Whether one of which a create tells only now is gone already. */
bool judge_was_removed(struct tools *tools, int id)
{
	const size_t room = sizeof(tools->unplaced) / sizeof(tools->unplaced[0]);

	for (size_t i = 0; i < tools->unplaced_count && i < room; i++)
		if (tools->unplaced[i] == id)
			return true;
	return false;
}

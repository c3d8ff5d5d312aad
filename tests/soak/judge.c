/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a run of the tool says and has done, and whether it may. */
#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "soak.h"

/* A command line, for faults. Good until the next call. */
static const char *line_of(const struct run *run)
{
	static char text[512];
	size_t length = 0;

	for (int i = 0; i < run->arguments && length < sizeof(text); i++)
		length += (size_t)snprintf(text + length, sizeof(text) - length, "%s%s",
					   i ? " " : "", run->argument[i]);
	return text;
}

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
	      line_of(run), id);
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
		fault(soak, family, "'%s' has removed %s, %s", line_of(run),
		      slot_name(slot), wrong);
	if (marked && !run->marks)
		fault(soak, ATTACHED, "'%s' has marked %s", line_of(run),
		      slot_name(slot));
	if (slot->remover != BY_NOBODY && slot->remover != BY_OWNER && !slot->rmid)
		fault(soak, OWNED, "'%s' has removed %s once more", line_of(run),
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

static void judge_removals(struct tools *tools, struct run *run)
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

/* Whether it was there all the time that the run took. */
static bool must_be_there(const struct run *run, const struct slot *slot)
{
	return slot->state == SLOT_MADE && slot->pool == POOL_GC &&
	       slot->made < run->began && slot->alive > run->ended;
}

static void judge_list(struct soak *soak, const struct run *run)
{
	bool seen[SLOTS] = {false};
	char *rest = run->said, *line;
	struct slot *slot;

	while ((line = strsep(&rest, "\n")))
		if ((slot = *line ? slot_of_id(soak, atoi(line)) : NULL))
			seen[slot - soak->slot] = true;
	for (int i = 0; i < SLOTS; i++)
		if (must_be_there(run, &soak->slot[i]) && !seen[i])
			fault(soak, ENDED, "'%s' leaves out %s", line_of(run),
			      slot_name(&soak->slot[i]));
}

static void judge_stat(struct soak *soak, const struct run *run)
{
	const struct slot *slot = &soak->slot[run->slot];

	check(soak, ALIVE);
	if (run->status && !run->killed && must_be_there(run, slot))
		fault(soak, ALIVE, "'%s' did not find %s", line_of(run), slot_name(slot));
}

/* Take what it has written out of the directory of its user. */
static void take_file(struct soak *soak, struct run *run)
{
	char path[256];
	ssize_t got;
	int fd;

	snprintf(path, sizeof(path), "%s/%s",
		 run->user == ROOT ? soak->directory : soak->user[run->user].directory,
		 run->file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0 && run->does == DOES_READ && !run->status) {
		free(run->said);
		run->said = malloc(4 * 0x10000);
		if (!run->said)
			err(2, NULL);
		got = read(fd, run->said, 4 * 0x10000);
		run->said_length = got < 0 ? 0 : (size_t)got;
	}
	if (fd >= 0)
		close(fd);
	unlink(path);
}

static void judge_read(struct soak *soak, const struct run *run)
{
	const struct slot *slot = &soak->slot[run->slot];
	const size_t expected = run->page < PAGES ? PAGE : slot_size(soak, slot);

	if (run->status)
		return;
	if (run->said_length != expected)
		fault(soak, CONTENT, "'%s' has written %zu bytes", line_of(run),
		      run->said_length);
	look_at_bytes(soak, slot, (const unsigned char *)run->said, run->said_length);
}

static void judge_fill(const struct run *run, struct slot *slot)
{
	if (run->status)
		return;
	raise_to(&slot->touched, run->began);
	atomic_fetch_or(&slot->pages, 1U << run->page);
}

/* One that was killed has set it, or not: quiet_settle() finds out. */
static void judge_set(const struct run *run, struct slot *slot)
{
	if (WIFSIGNALED(run->status))
		return;
	if (run->status == 0) {
		raise_to(&slot->touched, run->began);
		slot->mode = run->mode;
	}
	slot->next_mode = slot->mode;
	atomic_store(&slot->changing, false);
}

static bool was_removed_before(struct tools *tools, int id)
{
	const size_t room = sizeof(tools->unplaced) / sizeof(tools->unplaced[0]);

	for (size_t i = 0; i < tools->unplaced_count && i < room; i++)
		if (tools->unplaced[i] == id)
			return true;
	return false;
}

/* Whether it has made one, which nobody knows of yet; or reused one that is known. */
static void judge_create(struct tools *tools, const struct run *run, struct slot *slot)
{
	const bool again = slot->state == SLOT_MADE;
	struct soak *soak = tools->soak;
	struct shmid_ds ds;
	int id;

	atomic_store(&slot->changing, false);
	slot->create_killed |= WIFSIGNALED(run->status);
	if (sscanf(run->said, "%d\n", &id) != 1) {
		if (run->status == 0)
			fault(soak, ENDED, "'%s' has said no id", line_of(run));
		return;
	}
	check(soak, OWNED);
	if (again && slot->id == id)
		return;
	if (again && shmctl(slot->id, IPC_STAT, &ds) == 0)
		fault(soak, OWNED, "'%s' has made another than %s", line_of(run),
		      slot_name(slot));
	slot->previous_id = slot->id;
	slot->pages = run->page == 0;
	slot->touched = run->began;
	slot->made = run->ended;
	slot->remover = was_removed_before(tools, id) ? BY_GC : BY_NOBODY;
	slot->id = id;
	atomic_store(&slot->state, SLOT_MADE);
	tally(soak, T_MADE_BY_TOOL);
}

/* LeakSanitizer has a process that looks at ours, and says that it was killed. */
static bool is_of_leak_checker(const char *line)
{
	int process, thread;

	return sscanf(line, "==%d==Unable to get registers from thread %d.", &process,
		      &thread) == 2;
}

/* What it complains of, line by line. */
static void judge_complaints(struct soak *soak, const struct run *run)
{
	const char *line = run->complained, *end;

	for (; (end = strchr(line, '\n')); line = end + 1)
		if (!(run->killed && is_of_leak_checker(line)) &&
		    !tool_explains(run->tool, line, (size_t)(end - line)))
			fault(soak, ENDED, "'%s' says: %.*s", line_of(run),
			      (int)(end - line), line);
	if (*line && !run->killed)
		fault(soak, ENDED, "'%s' says: %s", line_of(run), line);
}

static void judge_status(struct soak *soak, const struct run *run)
{
	const int status = run->status;

	if (WIFSIGNALED(status)) {
		if (!run->killed || WTERMSIG(status) != SIGKILL)
			fault(soak, ENDED, "'%s' was ended by signal %d", line_of(run),
			      WTERMSIG(status));
	} else if (WEXITSTATUS(status) == 0) {
		if (*run->complained)
			fault(soak, ENDED, "'%s' exits with 0, but says: %s",
			      line_of(run), run->complained);
	} else if (WEXITSTATUS(status) == 1) {
		if (!*run->complained)
			fault(soak, ENDED, "'%s' exits with 1, and does not say why",
			      line_of(run));
	} else if (WEXITSTATUS(status) != 3 || !run->tool->may_find) {
		fault(soak, ENDED, "'%s' exits with %d, and says: %s", line_of(run),
		      WEXITSTATUS(status), run->complained);
	}
}

static void judge_deed(struct tools *tools, struct run *run)
{
	struct soak *soak = tools->soak;
	struct slot *slot = run->slot == NOBODY ? NULL : &soak->slot[run->slot];

	switch (run->does) {
	case DOES_NOTHING:
		break;
	case DOES_GC:
	case DOES_RM:
		judge_removals(tools, run);
		break;
	case DOES_LIST:
		if (run->status == 0)
			judge_list(soak, run);
		break;
	case DOES_STAT:
		judge_stat(soak, run);
		break;
	case DOES_READ:
		judge_read(soak, run);
		break;
	case DOES_FILL:
		judge_fill(run, slot);
		break;
	case DOES_SET:
		judge_set(run, slot);
		break;
	case DOES_CREATE:
		judge_create(tools, run, slot);
		break;
	}
	if (run->does == DOES_FILL || run->does == DOES_READ)
		atomic_fetch_add(&slot->ended, 1);
}

void judge_run(struct tools *tools, struct run *run)
{
	check(tools->soak, ENDED);
	judge_status(tools->soak, run);
	judge_complaints(tools->soak, run);
	if (run->file)
		take_file(tools->soak, run);
	judge_deed(tools, run);
}

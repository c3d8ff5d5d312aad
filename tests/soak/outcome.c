/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a run of the tool has ended, what it says, and what it has done. */
#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools.h"

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
			fault(soak, ENDED, "'%s' leaves out %s", run_line(run),
			      slot_name(&soak->slot[i]));
}

static void judge_stat(struct soak *soak, const struct run *run)
{
	const struct slot *slot = &soak->slot[run->slot];

	check(soak, ALIVE);
	if (run->status && !run->killed && must_be_there(run, slot))
		fault(soak, ALIVE, "'%s' did not find %s", run_line(run),
		      slot_name(slot));
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
		fault(soak, CONTENT, "'%s' has written %zu bytes", run_line(run),
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

/* Whether it has made one, which nobody knows of yet; or reused one that is known. */
static void judge_create(struct tools *tools, const struct run *run, struct slot *slot)
{
	const bool again = slot->state == SLOT_MADE;
	struct soak *soak = tools->soak;
	struct shmid_ds ds;
	int id;

	atomic_store(&slot->changing, false);
	if (WIFSIGNALED(run->status)) {
		slot->create_killed = true;
		tally(soak, T_CREATE_KILLS);
	}
	if (sscanf(run->said, "%d\n", &id) != 1) {
		if (run->status == 0)
			fault(soak, ENDED, "'%s' has said no id", run_line(run));
		return;
	}
	check(soak, OWNED);
	if (again && slot->id == id)
		return;
	if (again && shmctl(slot->id, IPC_STAT, &ds) == 0)
		fault(soak, OWNED, "'%s' has made another than %s", run_line(run),
		      slot_name(slot));
	slot->previous_id = slot->id;
	slot->pages = run->page == 0;
	slot->touched = run->began;
	slot->made = run->ended;
	slot->remover = judge_was_removed(tools, id) ? BY_GC : BY_NOBODY;
	slot->id = id;
	/* With --id-file it has a random one. */
	if (run->file && !slot->key && shmctl(id, IPC_STAT, &ds) == 0)
		slot->key = ds.shm_perm.__key;
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
			fault(soak, ENDED, "'%s' says: %.*s", run_line(run),
			      (int)(end - line), line);
	if (*line && !run->killed)
		fault(soak, ENDED, "'%s' says: %s", run_line(run), line);
}

/* Its owner may attach it whatever its mode, but for a fence; and fences are waited for. */
static void judge_access(struct soak *soak, const struct run *run)
{
	struct slot *slot = &soak->slot[run->slot];

	check(soak, MODES);
	if (strstr(run->complained, "Permission denied") &&
	    (run->user == ROOT || user_id(soak, run->user) == user_id(soak, slot->user)))
		fault(soak, MODES, "'%s' is refused by a fence: %s", run_line(run),
		      run->complained);
	atomic_fetch_add(&slot->ended, 1);
}

static void judge_status(struct soak *soak, const struct run *run)
{
	const int status = run->status;

	if (WIFSIGNALED(status)) {
		if (!run->killed || WTERMSIG(status) != SIGKILL)
			fault(soak, ENDED, "'%s' was ended by signal %d", run_line(run),
			      WTERMSIG(status));
	} else if (WEXITSTATUS(status) == 0) {
		if (*run->complained && !strstr(run->complained, "its last user"))
			fault(soak, ENDED, "'%s' exits with 0, but says: %s",
			      run_line(run), run->complained);
	} else if (WEXITSTATUS(status) == 1) {
		if (!*run->complained)
			fault(soak, ENDED, "'%s' exits with 1, and does not say why",
			      run_line(run));
	} else if (WEXITSTATUS(status) != 3 || !run->tool->may_find) {
		fault(soak, ENDED, "'%s' exits with %d, and says: %s", run_line(run),
		      WEXITSTATUS(status), run->complained);
	}
}

static void judge_deed(struct tools *tools, struct run *run)
{
	struct soak *soak = tools->soak;

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
		judge_access(soak, run);
		break;
	case DOES_FILL:
		judge_fill(run, &soak->slot[run->slot]);
		judge_access(soak, run);
		break;
	case DOES_SET:
		judge_set(run, &soak->slot[run->slot]);
		break;
	case DOES_CREATE:
		judge_create(tools, run, &soak->slot[run->slot]);
		break;
	}
}

void outcome_judge(struct tools *tools, struct run *run)
{
	check(tools->soak, ENDED);
	judge_status(tools->soak, run);
	judge_complaints(tools->soak, run);
	if (run->file)
		take_file(tools->soak, run);
	judge_deed(tools, run);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The end of a round, when nothing moves and all can be counted. */
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/fence-record.h"

#include "tools.h"

static bool is_quiet(const struct tools *tools)
{
	for (int i = 0; i < RUNS; i++)
		if (tools->run[i].pid)
			return false;
	for (int i = 0; i < WORKERS; i++) {
		const struct worker *worker = &tools->soak->worker[i];

		if (worker->pid && !(worker->stays && worker->quiet))
			return false;
	}
	return true;
}

static bool is_worker(const struct soak *soak, pid_t pid)
{
	for (int i = 0; i < WORKERS; i++)
		if (soak->worker[i].pid == pid)
			return true;
	return false;
}

/* A child of ours that is no worker: the name of one in text, which is empty without. */
static void find_stray(const struct soak *soak, char *text, size_t size)
{
	DIR *processes = opendir("/proc");
	const struct dirent *entry;
	char path[64], line[512];

	*text = '\0';
	while (processes && (entry = readdir(processes))) {
		const pid_t pid = atoi(entry->d_name);
		const char *end;
		int parent = 0;
		FILE *file;

		snprintf(path, sizeof(path), "/proc/%d/stat", pid);
		file = pid > 0 && !is_worker(soak, pid) ? fopen(path, "re") : NULL;
		if (!file)
			continue;
		if (fgets(line, sizeof(line), file) && (end = strrchr(line, ')')) &&
		    sscanf(end, ") %*c %d", &parent) == 1 && parent == soak->master)
			snprintf(text, size, "%.*s", (int)(end + 1 - line), line);
		fclose(file);
	}
	if (processes)
		closedir(processes);
}

/* What a run has started must have ended soon after it, whatever became of it. */
static void wait_for_strays(struct tools *tools)
{
	const int64_t end = now() + tools->soak->patience * SECOND;
	char name[300];

	check(tools->soak, PROCESSES);
	for (;;) {
		runs_reap(tools);
		find_stray(tools->soak, name, sizeof(name));
		if (!*name)
			return;
		if (now() > end)
			break;
		usleep(2000);
	}
	for (; *name; find_stray(tools->soak, name, sizeof(name))) {
		fault(tools->soak, PROCESSES, "process %s is left over", name);
		kill(atoi(name), SIGKILL);
		waitpid(atoi(name), NULL, 0);
	}
}

static void complain_of_unrest(struct tools *tools)
{
	for (int i = 0; i < RUNS; i++)
		if (tools->run[i].pid) {
			fault(tools->soak, ENDED, "'%s' does not end",
			      tools->run[i].tool->name);
			tools->run[i].killed = true;
			kill(tools->run[i].pid, SIGKILL);
		}
	for (int i = 0; i < WORKERS; i++)
		if (tools->soak->worker[i].pid && !tools->soak->worker[i].quiet) {
			fault(tools->soak, PROCESSES, "worker %d does not end", i);
			worker_kill(tools->soak, i);
		}
}

/* Until all runs have ended, and those workers that do not stay. */
void quiet_wait(struct tools *tools)
{
	const int64_t begin = now();
	int64_t end = begin + tools->soak->patience * SECOND;

	while (!is_quiet(tools)) {
		runs_reap(tools);
		usleep(1000);
		if (now() < end)
			continue;
		complain_of_unrest(tools);
		end += tools->soak->patience * SECOND;
	}
	wait_for_strays(tools);
	raise_to(&tools->soak->longest_unrest, now() - begin);
}

/* A run of its own, with nothing else. */
void quiet_run(struct tools *tools, struct run *run)
{
	const int64_t end = now() + 2 * tools->soak->patience * SECOND;

	run_start(tools, run);
	while (run->pid && now() < end) {
		runs_reap(tools);
		usleep(500);
	}
	if (run->pid)
		quiet_wait(tools);
}

/* All segments that there are. To be freed. */
size_t quiet_list(struct found **found)
{
	struct shmid_ds ds;
	int last = shmctl(0, SHM_INFO, &ds), id;
	size_t count = 0;

	*found = calloc((size_t)last + 2, sizeof(**found));
	if (last < 0 || !*found)
		err(2, "SHM_INFO");
	for (int i = 0; i <= last; i++) {
		id = shmctl(i, SHM_STAT_ANY, &ds);
		if (id < 0)
			continue;
		(*found)[count].id = id;
		(*found)[count++].ds = ds;
	}
	return count;
}

/* One that is there, though who was to make it was killed before it could say so. */
static bool adopt(struct soak *soak, const struct found *found, struct slot *slot)
{
	if (slot->state == SLOT_MADE && slot->id == found->id)
		return true;
	if (slot->creator == NOBODY && !slot->create_killed)
		return false;
	if (slot->creator == NOBODY)
		tally(soak, T_LEFT_BY_KILLED_CREATE);
	slot->previous_id = slot->id;
	slot->id = found->id;
	if (!slot->key)
		slot->key = found->ds.shm_perm.__key;
	slot->pages = 0;
	slot->remover = BY_NOBODY;
	slot->made = now();
	raise_to(&slot->touched, (found->ds.shm_ctime - 1) * SECOND);
	atomic_store(&slot->state, SLOT_MADE);
	return true;
}

/* Whoever was killed while he changed it has done it, or not. */
static void settle_change(struct slot *slot, unsigned int mode)
{
	if (mode == slot->next_mode)
		slot->mode = mode;
	slot->next_mode = slot->mode;
	slot->changing = false;
}

static unsigned int holders(const struct soak *soak, const struct slot *slot)
{
	unsigned int count = 0;

	for (int i = 0; i < WORKERS; i++)
		for (int e = 0; soak->worker[i].pid && e < HELD; e++)
			count += soak->worker[i].held[e] == slot - soak->slot;
	return count;
}

static void inspect(struct soak *soak, const struct found *found, struct slot *slot)
{
	const struct ipc_perm *perm = &found->ds.shm_perm;
	const uid_t owner = user_id(soak, slot->user);

	settle_change(slot, perm->mode & 0777);
	check(soak, MODES);
	if ((perm->mode & 0777) != slot->mode)
		fault(soak, MODES, "%s has mode %03o now", slot_name(slot),
		      perm->mode & 0777);
	if (perm->uid != owner || perm->gid != owner || perm->cuid != owner)
		fault(soak, MODES, "%s has another owner: %u:%u", slot_name(slot),
		      perm->uid, perm->gid);
	if (perm->mode & SHM_DEST && !slot->rmid)
		fault(soak, ATTACHED, "%s is marked", slot_name(slot));
	check(soak, PROCESSES);
	if (found->ds.shm_nattch != holders(soak, slot))
		fault(soak, PROCESSES, "%s has %lu attaches, and %u holders",
		      slot_name(slot), found->ds.shm_nattch, holders(soak, slot));
}

/*
 * The record of a fence, whose remover was killed before it had a guardian. The next removal of
 * the same user takes it; here it goes at once, for there may be none.
 */
static bool is_record(const struct found *found)
{
	return found->ds.shm_segsz == sizeof(struct fence_record) &&
	       found->ds.shm_perm.__key == IPC_PRIVATE &&
	       (found->ds.shm_perm.mode & 0777) == FENCE_RECORD_MODE &&
	       found->ds.shm_nattch == 0;
}

static void count_segments(struct tools *tools)
{
	struct soak *soak = tools->soak;
	bool seen[SLOTS] = {false};
	struct found *found;
	size_t count = quiet_list(&found);

	for (size_t i = 0; i < count; i++) {
		struct slot *slot = slot_of_size(soak, found[i].ds.shm_segsz);

		if (is_record(&found[i])) {
			shmctl(found[i].id, IPC_RMID, NULL);
			continue;
		}
		check(soak, OWNED);
		if (!slot || !adopt(soak, &found[i], slot)) {
			fault(soak, OWNED, "segment %d of %zu bytes is nobody's",
			      found[i].id, found[i].ds.shm_segsz);
			shmctl(found[i].id, IPC_RMID, NULL); /* not to be counted again */
			continue;
		}
		seen[slot - soak->slot] = true;
		inspect(soak, &found[i], slot);
	}
	free(found);
	for (int i = 0; i < SLOTS; i++) {
		struct slot *slot = &soak->slot[i];

		if (seen[i] || slot->state == SLOT_FREE || slot->gone)
			continue;
		if (slot->state == SLOT_MADE)
			judge_vanished(tools, slot);
		slot->gone = true;
	}
}

static void count_files(struct tools *tools, const char *path)
{
	DIR *directory = opendir(path);
	const struct dirent *entry;
	char file[512];

	check(tools->soak, FILES);
	while (directory && (entry = readdir(directory))) {
		snprintf(file, sizeof(file), "%s/%s", path, entry->d_name);
		if (entry->d_type != DT_REG || strcmp(file, tools->program) == 0 ||
		    strcmp(file, tools->late) == 0)
			continue;
		/* In the moment of its rename, says shmtool-create(1). */
		if (strncmp(entry->d_name, ".shmtool.", 9) == 0 && tools->killed_writers)
			tally(tools->soak, T_LEFT_FILES);
		else
			fault(tools->soak, FILES, "%s is left over", file);
		unlink(file);
	}
	if (directory)
		closedir(directory);
}

void quiet_count(struct tools *tools)
{
	count_segments(tools);
	count_files(tools, tools->soak->directory);
	for (int i = 0; i < USERS; i++)
		count_files(tools, tools->soak->user[i].directory);
}

/* What is gone makes room, unless its creator still looks for it. */
void quiet_settle(struct tools *tools)
{
	struct soak *soak = tools->soak;
	int count = 0;

	for (int i = SLOTS - 1; i >= 0; i--) {
		struct slot *slot = &soak->slot[i];

		if (slot->state != SLOT_FREE && slot->gone && slot->alive != FOREVER)
			slot->state = SLOT_FREE;
		if (slot->state == SLOT_FREE)
			soak->free[count++] = i;
	}
	soak->free_count = count;
	tools->killed_count = 0;
	tools->killed_writers = 0;
	tools->unplaced_count = 0;
}

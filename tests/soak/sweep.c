/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What gc must take at the end of a round, and what it must leave. What is to be taken
 * is known without it: who has made and used it is dead, as all are that do not stay.
 */
#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools.h"

enum { HOUR = 3600, TRIES = 3 };

static bool is_of_worker(const struct soak *soak, pid_t pid)
{
	for (int i = 0; pid && i < WORKERS; i++)
		if (soak->worker[i].pid == pid)
			return true;
	return false;
}

static bool is_orphan(const struct soak *soak, const struct shmid_ds *ds)
{
	return ds->shm_nattch == 0 && !(ds->shm_perm.mode & SHM_DEST) &&
	       !is_of_worker(soak, ds->shm_cpid) && !is_of_worker(soak, ds->shm_lpid);
}

static bool is_due(const struct soak *soak, const struct found *found, bool keyed)
{
	return is_orphan(soak, &found->ds) && (keyed || !found->ds.shm_perm.__key);
}

/* By a child, for the last user of an orphan is gone. */
static void inspect_orphans(struct soak *soak)
{
	const int64_t before = stamp();
	struct found *found;
	size_t count = quiet_list(&found);
	int status;
	pid_t pid = fork();

	if (pid < 0)
		err(2, "fork");
	for (size_t i = 0; i < count; i++) {
		struct slot *slot = slot_of_size(soak, found[i].ds.shm_segsz);
		uint64_t *at;

		if (!slot || !is_orphan(soak, &found[i].ds))
			continue;
		raise_to(&slot->touched, before);
		if (pid)
			continue;
		at = shmat(found[i].id, NULL, SHM_RDONLY);
		if (at == (void *)-1)
			err(2, "shmat");
		look_at_bytes(soak, slot, (const unsigned char *)at,
			      found[i].ds.shm_segsz & ~7UL);
		for (unsigned int page = 0; page < PAGES; page++)
			if (slot->pages & 1U << page &&
			    at[page * PAGE / sizeof(*at)] != slot->word)
				fault(soak, CONTENT, "%s: page %u has lost its content",
				      slot_name(slot), page);
		shmdt(at);
	}
	if (pid == 0)
		_exit(0);
	waitpid(pid, &status, 0);
	if (status)
		errx(2, "the inspector of orphans has failed");
	free(found);
}

static void collect_as(struct tools *tools, int user, int64_t older_than, bool keyed)
{
	struct run *run = &tools->run[0];

	*run = (struct run){.tool = tool_find("gc"), .slot = NOBODY};
	tool_gc(tools, run, user, older_than, keyed);
	quiet_run(tools, run);
}

/* As root, or as each of those whose segments they are. */
static void collect(struct tools *tools, int64_t older_than, bool keyed)
{
	if (chance(&tools->random, 70))
		collect_as(tools, ROOT, older_than, keyed);
	else
		for (int user = 0; user < USERS; user++)
			collect_as(tools, user, older_than, keyed);
}

/* Until the youngest orphan is so old: stamps are of whole seconds. */
static void wait_for_age(const struct soak *soak, int64_t age)
{
	struct found *found;
	size_t count = quiet_list(&found);
	int64_t newest = 0;

	for (size_t i = 0; i < count; i++) {
		const struct shmid_ds *ds = &found[i].ds;

		if (!is_orphan(soak, ds))
			continue;
		if (ds->shm_ctime > newest)
			newest = ds->shm_ctime;
		if (ds->shm_atime > newest)
			newest = ds->shm_atime;
		if (ds->shm_dtime > newest)
			newest = ds->shm_dtime;
	}
	free(found);
	while (now() < (newest + age) * SECOND)
		usleep(5000);
}

static bool is_there(const struct found *found, size_t count, int id)
{
	for (size_t i = 0; i < count; i++)
		if (found[i].id == id)
			return true;
	return false;
}

static void judge_kept(struct soak *soak, const struct found *found, bool is_kept)
{
	const struct shmid_ds *ds = &found->ds;
	enum family family = YOUNG;
	enum tally kept = T_KEPT_KEYED;

	if (ds->shm_nattch) {
		family = ATTACHED;
		kept = T_KEPT_ATTACHED;
	} else if (is_of_worker(soak, ds->shm_cpid) || is_of_worker(soak, ds->shm_lpid)) {
		family = ALIVE;
		kept = T_KEPT_ALIVE;
	}
	check(soak, family);
	if (is_kept)
		tally(soak, kept);
	else
		fault(soak, family, "segment %d has gone with the orphans", found->id);
}

static bool is_in_use(pid_t pid)
{
	return pid && kill(pid, 0) == 0;
}

/*
 * One that should be gone, and is not. A process of another program may have the PID of
 * its creator or last user by now: then it is right that it stays. gc itself may, too.
 */
static bool is_excused(struct soak *soak, const struct found *found)
{
	if (is_in_use(found->ds.shm_cpid) || is_in_use(found->ds.shm_lpid)) {
		tally(soak, T_REUSED_PIDS);
		return true;
	}
	return false;
}

/* How many of those that are due are there still. */
static size_t left_of(struct soak *soak, const struct found *found, size_t count,
		      bool keyed, bool complain)
{
	struct found *after;
	size_t after_count = quiet_list(&after), left = 0;

	for (size_t i = 0; i < count; i++) {
		if (!is_due(soak, &found[i], keyed) ||
		    !is_there(after, after_count, found[i].id))
			continue;
		if (is_excused(soak, &found[i]))
			continue;
		left++;
		if (complain)
			fault(soak, GARBAGE, "segment %d, an orphan, is not taken",
			      found[i].id);
	}
	free(after);
	return left;
}

static void judge_all_kept(struct soak *soak, const struct found *found, size_t count,
			   bool keyed)
{
	struct found *after;
	size_t after_count = quiet_list(&after);

	for (size_t i = 0; i < count; i++)
		if (!is_due(soak, &found[i], keyed))
			judge_kept(soak, &found[i],
				   is_there(after, after_count, found[i].id));
	free(after);
}

/* Nothing here is an hour old. */
static void keep_young(struct tools *tools)
{
	struct soak *soak = tools->soak;
	struct found *found, *after;
	size_t count = quiet_list(&found), after_count;

	collect_as(tools, ROOT, HOUR, true);
	after_count = quiet_list(&after);
	for (size_t i = 0; i < count; i++) {
		if (!is_due(soak, &found[i], true))
			continue;
		check(soak, YOUNG);
		if (is_there(after, after_count, found[i].id))
			tally(soak, T_KEPT_YOUNG);
		else
			fault(soak, YOUNG,
			      "segment %d has gone before it was an hour old",
			      found[i].id);
	}
	free(found);
	free(after);
}

/* With gc of an hour, which must take nothing, and then of what all orphans are. */
void sweep(struct tools *tools)
{
	const int64_t age = pick(&tools->random, 3);
	const bool keyed = chance(&tools->random, 60);
	struct soak *soak = tools->soak;
	struct found *found;
	size_t count, left;

	if (chance(&tools->random, 50))
		inspect_orphans(soak);
	keep_young(tools);

	wait_for_age(soak, age);
	count = quiet_list(&found);
	for (size_t i = 0; i < count; i++)
		if (is_due(soak, &found[i], keyed)) {
			check(soak, GARBAGE);
			tally(soak, T_DUE);
		}
	for (int try = 0; try < TRIES; try++) {
		if (try)
			usleep(20000);
		collect(tools, age, keyed);
		left = left_of(soak, found, count, keyed, try == TRIES - 1);
		if (!left)
			break;
		atomic_fetch_add(&soak->tally[T_LATE], left);
	}
	judge_all_kept(soak, found, count, keyed);
	free(found);
}

/* In the end nobody is left, and nothing: what gc leaves for the PIDs in use, rm takes. */
void sweep_all(struct tools *tools)
{
	struct run *run = &tools->run[0];
	struct found *found;
	size_t count;

	collect_as(tools, ROOT, 0, true);
	*run = (struct run){
		.tool = tool_find("rm --unused, selected"), .user = ROOT, .slot = NOBODY};
	run_words(run, "rm --no-log --unused --yes --min-size=1");
	count = quiet_list(&found);
	for (size_t i = 0; i < count; i++)
		is_excused(tools->soak, &found[i]);
	free(found);
	quiet_run(tools, run);
	check(tools->soak, EMPTY);
	count = quiet_list(&found);
	for (size_t i = 0; i < count; i++) {
		fault(tools->soak, EMPTY, "segment %d is left in the end", found[i].id);
		shmctl(found[i].id, IPC_RMID, NULL);
	}
	free(found);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rounds of the soak of shmtool, the end, and the summary (soak.h says what it is):
 *
 *   soak seconds=N [seed=N] [patience=SECONDS]
 *
 * With what should end, or be open again, it has patience for so long.
 *
 * SHMTOOL is the program. In the IPC namespace of the host, which tests/private names in
 * SHMTOOL_HOST_IPC, it refuses to run. The result is TAP on stdout.
 */
#include <err.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "soak.h"

struct settings {
	unsigned int seconds, patience;
	uint64_t seed;
};

static void refuse_host(void)
{
	const char *host = getenv("SHMTOOL_HOST_IPC");
	char own[64] = "";

	if (readlink("/proc/self/ns/ipc", own, sizeof(own) - 1) < 0)
		err(2, "/proc/self/ns/ipc");
	if (!host || !*host || strcmp(own, host) == 0)
		errx(2, "this is the host's IPC namespace: run by tests/private");
}

/* Where all users can reach it, wherever the checkout is. */
static void copy_program(struct tools *tools)
{
	static char path[96];
	const char *program = getenv("SHMTOOL");
	char buffer[65536];
	FILE *from = program ? fopen(program, "re") : NULL, *to;
	size_t got;

	if (!from)
		err(2, "SHMTOOL (%s)", program ? program : "unset");
	snprintf(path, sizeof(path), "%s/shmtool", tools->soak->directory);
	to = fopen(path, "we");
	if (!to)
		err(2, "%s", path);
	while ((got = fread(buffer, 1, sizeof(buffer), from)))
		if (fwrite(buffer, 1, got, to) != got)
			err(2, "%s", path);
	if (ferror(from) || fchmod(fileno(to), 0755) || fclose(to))
		err(2, "%s", path);
	fclose(from);
	tools->program = path;
}

static bool is_fence(void)
{
	struct found *found;
	size_t count = quiet_list(&found);
	bool closed = false;

	for (size_t i = 0; i < count; i++)
		closed |= (found[i].ds.shm_perm.mode & 0777) == 0;
	free(found);
	return closed;
}

static void kill_run(struct tools *tools, struct run *run)
{
	/* Who kills both create and its child cannot be told what they have made. */
	const bool group = run->does != DOES_CREATE && chance(&tools->random, 50);

	run->killed = true;
	if (run->does == DOES_CREATE)
		tools->soak->slot[run->slot].create_killed = true;
	tools->killed_writers += run->file != NULL;
	kill(group ? -run->pid : run->pid, SIGKILL);
	tally(tools->soak, T_TOOL_KILLS);
}

static void tend_run(struct tools *tools, struct run *run)
{
	if (!run->pid) {
		if (chance(&tools->random, 50))
			return;
		tool_choose(tools, run);
		if (chance(&tools->random, 15) && !run->in_fence)
			run->kill_at = now() + pick(&tools->random, 40) * SECOND / 1000;
		run_start(tools, run);
	} else if (!run->killed && run->kill_at && now() > run->kill_at) {
		kill_run(tools, run);
	} else if (!run->killed && run->in_fence && is_fence()) {
		kill_run(tools, run);
		tally(tools->soak, T_FENCE_KILLS);
	}
}

static void play(struct tools *tools, int64_t until)
{
	struct soak *soak = tools->soak;

	soak->phase = PHASE_RUN;
	while (now() < until) {
		runs_reap(tools);
		for (int i = 0; i < RUNS; i++)
			tend_run(tools, &tools->run[i]);
		for (int i = 0; i < WORKERS; i++) {
			if (!soak->worker[i].pid)
				worker_start(soak, i, &tools->random);
			else if (pick(&tools->random, 4000) == 0)
				worker_kill(soak, i);
		}
		usleep(1000);
	}
}

/* Some workers live on, some end, and some are killed. */
static void call_it_a_day(struct tools *tools, bool all)
{
	struct soak *soak = tools->soak;

	for (int i = 0; i < WORKERS; i++)
		soak->worker[i].stays = !all && chance(&tools->random, 40);
	soak->phase = all ? PHASE_OVER : PHASE_QUIET;
	for (int i = 0; i < WORKERS; i++)
		if (soak->worker[i].pid && !soak->worker[i].stays &&
		    chance(&tools->random, 50))
			worker_kill(soak, i);
	quiet_wait(tools);
}

static void end_round(struct tools *tools, struct probes *probes)
{
	call_it_a_day(tools, false);
	quiet_count(tools);
	probes_take(probes, tools);
	sweep(tools);
	quiet_wait(tools);
	quiet_count(tools);
	quiet_settle(tools);
}

static void end_all(struct tools *tools)
{
	call_it_a_day(tools, true);
	quiet_count(tools);
	sweep_all(tools);
	quiet_wait(tools);
}

static void print_progress(const struct soak *soak, unsigned int rounds, int64_t begin)
{
	unsigned long faults = 0;

	for (int i = 0; i < FAMILIES; i++)
		faults += soak->count[i].faults;
	warnx("%" PRId64
	      " s, %u rounds: %lu segments, %lu removed by gc, %lu by rm, %lu faults",
	      (now() - begin) / SECOND, rounds,
	      soak->tally[T_MADE] + soak->tally[T_MADE_BY_TOOL], soak->tally[T_BY_GC],
	      soak->tally[T_BY_RM], faults);
}

static unsigned int soak_for(struct tools *tools, struct probes *probes,
			     unsigned int seconds)
{
	const int64_t begin = now(), end = begin + seconds * SECOND;
	const int64_t length = seconds < 20 ? SECOND : 2 * SECOND;
	int64_t said = begin;
	unsigned int rounds = 0;

	while (now() < end) {
		play(tools, now() + length);
		end_round(tools, probes);
		rounds++;
		if (now() - said < 10 * SECOND)
			continue;
		print_progress(tools->soak, rounds, begin);
		said = now();
	}
	end_all(tools);
	print_progress(tools->soak, rounds, begin);
	return rounds;
}

/* Where nothing has happened nothing can have gone wrong. */
static void judge_activity(const struct tools *tools, unsigned int rounds)
{
	static const enum tally needed[] = {T_MADE,	  T_MADE_BY_TOOL, T_BY_GC,
					    T_BY_RM,	  T_RMID,	  T_KEPT_ATTACHED,
					    T_KEPT_ALIVE, T_KEPT_YOUNG,	  T_WORKER_KILLS,
					    T_TOOL_KILLS, T_CHILDREN,	  T_CHANGES};
	struct soak *soak = tools->soak;

	check(soak, BUSY);
	if (rounds < 2)
		fault(soak, BUSY, "%u rounds are too few", rounds);
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if (!soak->tally[needed[i]])
			fault(soak, BUSY, "there is none of tally %d", needed[i]);
	for (size_t i = 0; tool_name(i); i++)
		if (!tools->runs[i])
			fault(soak, BUSY, "'%s' was not run", tool_name(i));
	if (soak->tally[T_LATE] > soak->tally[T_DUE] / 100 + 2)
		fault(soak, GARBAGE, "gc has left %lu of %lu orphans for later",
		      soak->tally[T_LATE], soak->tally[T_DUE]);
}

static void print_tallies(const struct soak *soak)
{
	static const char *const names[TALLIES] = {
		[T_MADE] = "segments made by applications",
		[T_MADE_BY_TOOL] = "segments made by create",
		[T_BY_GC] = "removed by gc",
		[T_BY_RM] = "removed or marked by rm",
		[T_RMID] = "removed or marked by their owners",
		[T_UNSAID] = "removed by runs that were killed",
		[T_SPARED] = "spared by gc at the last look",
		[T_DUE] = "orphans that were due at the end of a round",
		[T_LATE] = "of them, taken by another gc only",
		[T_REUSED_PIDS] = "left, for their PIDs are in use again",
		[T_KEPT_ATTACHED] = "kept then, as attached",
		[T_KEPT_ALIVE] = "kept, as creator or last user lives",
		[T_KEPT_YOUNG] = "kept, as too young",
		[T_KEPT_KEYED] = "kept, as they have a key",
		[T_REFUSED] = "attaches refused by a fence",
		[T_CHANGES] = "modes changed by owners",
		[T_WORKERS] = "applications started",
		[T_WORKER_KILLS] = "applications killed",
		[T_CHILDREN] = "children of applications",
		[T_TOOL_KILLS] = "runs killed",
		[T_FENCE_KILLS] = "of them, inside a fence",
		[T_GUARDIANS] = "processes that outlived who started them",
		[T_LEFT_BY_KILLED_CREATE] = "segments left by a killed create",
		[T_LEFT_FILES] = "temporary files left by who was killed",
	};

	for (int i = 0; i < TALLIES; i++)
		if (names[i])
			printf("# %9lu %s\n", soak->tally[i], names[i]);
	printf("# %9.3f s: the longest time that a fence kept anybody out\n",
	       (double)soak->longest_refusal / (double)SECOND);
}

static void print_summary(const struct tools *tools, const struct probes *probes,
			  unsigned int rounds)
{
	printf("# %9u rounds, as %s\n", rounds,
	       tools->soak->several_users
		       ? "several users"
		       : "one user: this is no real root, who could be several");
	print_tallies(tools->soak);
	for (size_t i = 0; tool_name(i); i++)
		printf("# %9lu runs of %s, %.2f s at most\n", tools->runs[i],
		       tool_name(i), tools->longest[i]);
	probes_print(probes);
}

static bool print_result(const struct soak *soak)
{
	static const char *const names[FAMILIES] = {
		[ATTACHED] = "nothing that is attached is removed or marked",
		[ALIVE] = "nothing is taken whose creator or last user lives",
		[YOUNG] = "nothing is taken that is too young, keyed or another's",
		[GARBAGE] = "every orphan that is old enough is taken",
		[MODES] = "every segment has the mode and the owner that it was given",
		[CONTENT] = "what is in segments is what was written there",
		[PROCESSES] = "no process and no attach is left over",
		[FILES] = "no file is left over",
		[OWNED] = "every segment is somebody's, and what is gone was removed",
		[ENDED] = "every run ends as it may, and says why",
		[FLAT] = "memory, descriptors and time do not grow",
		[EMPTY] = "in the end there is no segment",
		[BUSY] = "all of that has happened",
	};
	bool good = true;

	for (int i = 0; i < FAMILIES; i++) {
		const struct count *count = &soak->count[i];
		const bool ok = count->checks && !count->faults;

		printf("%s %d %s (%lu checks, %lu faults)\n", ok ? "ok" : "not ok", i + 1,
		       names[i], count->checks, count->faults);
		good = good && ok;
	}
	return good;
}

static void set(struct settings *settings, const char *word)
{
	if (sscanf(word, "seconds=%u", &settings->seconds) == 1)
		return;
	if (sscanf(word, "seed=%" SCNu64, &settings->seed) == 1)
		return;
	if (sscanf(word, "patience=%u", &settings->patience) == 1)
		return;
	if (strcmp(word, "seed=") != 0)
		errx(2, "usage: soak seconds=N [seed=N] [patience=SECONDS]");
}

static void clean_up(const struct soak *soak)
{
	char path[96];

	snprintf(path, sizeof(path), "%s/shmtool", soak->directory);
	unlink(path);
	for (int i = 0; i < USERS; i++)
		rmdir(soak->user[i].directory);
	rmdir(soak->directory);
}

int main(int argc, char *argv[])
{
	struct settings settings = {.seconds = 20, .patience = 30};
	struct tools tools = {.soak = soak_share()};
	struct probes *probes = probes_new();
	unsigned int rounds;
	bool good;

	refuse_host();
	if (getrandom(&settings.seed, 4, 0) != 4)
		err(2, "getrandom");
	for (int i = 1; i < argc; i++)
		set(&settings, argv[i]);
	setvbuf(stdout, NULL, _IOLBF, 0); /* nothing in it that a child would repeat */
	prctl(PR_SET_CHILD_SUBREAPER, 1UL);
	printf("1..%d\n# seed=%" PRIu64 " repeats the choices\n", FAMILIES,
	       settings.seed);
	tools.random.state = settings.seed;
	tools.soak->patience = settings.patience;
	users_prepare(tools.soak);
	copy_program(&tools);
	rounds = soak_for(&tools, probes, settings.seconds);
	probes_judge(probes, tools.soak);
	judge_activity(&tools, rounds);
	print_summary(&tools, probes, rounds);
	good = print_result(tools.soak);
	clean_up(tools.soak);
	free(tools.killed);
	free(probes);
	return good ? 0 : 1;
}

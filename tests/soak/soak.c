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

#include "tools.h"

/* Who stops it gets the result of what has been so far. */
static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	(void)signal;
	stopped = 1;
}

enum { LEAST_ROUNDS = 2 };

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

static void copy_file(const char *source, const char *target)
{
	FILE *from = fopen(source, "re"), *to = fopen(target, "we");
	char buffer[65536];
	size_t got;

	if (!from)
		err(2, "%s", source);
	while (to && (got = fread(buffer, 1, sizeof(buffer), from)))
		if (fwrite(buffer, 1, got, to) != got)
			break;
	if (!to || ferror(from) || !feof(from) || fchmod(fileno(to), 0755) || fclose(to))
		err(2, "%s", target);
	fclose(from);
}

/* Where all users can reach it, wherever the checkout is; and late.so, which is beside us. */
static void copy_program(struct tools *tools)
{
	const char *program = getenv("SHMTOOL");
	char own[512] = "", *slash;
	const ssize_t length = readlink("/proc/self/exe", own, sizeof(own) - 16);

	if (!program)
		errx(2, "SHMTOOL is to say which program");
	slash = length < 0 ? NULL : strrchr(own, '/');
	if (!slash)
		err(2, "/proc/self/exe");
	strcpy(slash + 1, "late.so");
	snprintf(tools->program, sizeof(tools->program), "%s/shmtool",
		 tools->soak->directory);
	snprintf(tools->late, sizeof(tools->late), "%s/late.so", tools->soak->directory);
	copy_file(program, tools->program);
	copy_file(own, tools->late);
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
	while (now() < until && !stopped) {
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

static unsigned int soak_for(struct tools *tools, struct probes *probes,
			     unsigned int seconds)
{
	const int64_t begin = now(), end = begin + seconds * SECOND;
	const int64_t length = seconds < 20 ? seconds * SECOND / 10 + SECOND / 10
					    : 2 * SECOND;
	int64_t said = begin;
	unsigned int rounds = 0;

	/* On a slow machine even the least takes longer. */
	while (!stopped && (now() < end || (seconds && rounds < LEAST_ROUNDS))) {
		play(tools, now() + length);
		end_round(tools, probes);
		rounds++;
		if (now() - said < 10 * SECOND)
			continue;
		summary_progress(tools->soak, rounds, begin);
		said = now();
	}
	end_all(tools);
	summary_progress(tools->soak, rounds, begin);
	return rounds;
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

static void clean_up(const struct tools *tools)
{
	const struct soak *soak = tools->soak;

	unlink(tools->program);
	unlink(tools->late);
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
	signal(SIGINT, stop);
	signal(SIGTERM, stop);
	prctl(PR_SET_CHILD_SUBREAPER, 1UL);
	printf("1..%d\n# seed=%" PRIu64 " repeats the choices\n", FAMILIES,
	       settings.seed);
	tools.random.state = settings.seed;
	tools.soak->patience = settings.patience;
	users_prepare(tools.soak);
	copy_program(&tools);
	rounds = soak_for(&tools, probes, settings.seconds);
	probes_judge(probes, tools.soak);
	summary_judge(&tools, rounds);
	summary_print(&tools, probes, rounds);
	good = summary_result(tools.soak);
	clean_up(&tools);
	free(tools.killed);
	free(probes);
	return good ? 0 : 1;
}

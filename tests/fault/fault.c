/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whatever fails, shmtool says so and harms nobody.
 *
 * Each scenario is a command line. It is run once as it is; then again and again, and each
 * time another one of its system calls fails, of the first process and of its children, from
 * the beginning of main() to the end, in two ways; and then its allocations, each alone and
 * each with all that come after it. After each run
 *
 *  - it has ended by itself, with status 0 and what was asked for done, or with 1 (of --check
 *    3) and a message that begins with "shmtool";
 *  - the target is as it was or as was asked for, never between; all others are as they were;
 *  - there is no segment that it does not name, no file half written or left over, no process
 *    left, and at its end no descriptor was open and no segment attached.
 *
 *   fault SHMTOOL [WORDS]    all scenarios, or those that have these words; in TAP
 *
 * NOMEM is the path of nomem.so; without it no allocation fails. Of the points, each STEP-th
 * is tried. It is run in an IPC namespace of its own, by tests/fault/faults.
 */
#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "trace.h"
#include "world.h"

enum { WORDS = 20, COMPLAINTS = 3 };

/*
 * In words, %T, %H and %K are the ids of the target, of who is held, and the key; %D is the
 * directory, %S the set of semaphores.
 */
struct scenario {
	const char *words;
	enum inhabitant target; /* to which anything may be done */
	enum fate fate;		/* and what that is; FATE_SAME: nothing */
	int status;		/* if nothing fails */
	bool creates;
	bool is_exact;	   /* if it succeeds, it says the same as if nothing fails */
	const char *input; /* NULL: none */
};

static const struct scenario scenarios[] = {
	{.words = "list", .is_exact = false},
	{.words = "list --holders --sort size"},
	{.words = "list --json --output-all --total"},
	{.words = "list --raw --pid 1 --output +HOLDERS"},
	{.words = "list --csv --state orphan --noheadings"},
	{.words = "list --count --pid 1"},
	{.words = "stat %T %H %K"},
	{.words = "stat --json --config /dev/null %H"},
	{.words = "limits"},
	{.words = "limits --json"},
	{.words = "gc --dry-run --yes --verbose --older-than 0 --system"},
	{.words = "gc --check --json --older-than 0 --system", .status = 3},
	{.words = "gc --show-config"},
	{.words = "gc --yes --older-than 0 --system", .fate = FATE_GONE},
	{.words = "gc --yes --older-than 0 --system --json --verbose --no-fence --no-log",
	 .fate = FATE_GONE},
	{.words = "rm %T", .fate = FATE_GONE},
	{.words = "rm --unused --verbose %T", .fate = FATE_GONE},
	{.words = "rm --unused --yes --state orphan --private", .fate = FATE_GONE},
	{.words = "rm --no-log %H", .target = HELD, .fate = FATE_MARKED},
	{.words = "rm --dry-run --yes %T %H %K"},
	{.words = "set --mode 0640 --verbose %T", .fate = FATE_MODE},
	{.words = "set --lock --dry-run %T"},
	{.words = "create --size 4096", .creates = true},
	{.words =
		 "create --size 1M --key 0x5eed0003 --mode 0640 --lock --populate --json",
	 .creates = true},
	{.words = "create --from %D/input --verbose", .creates = true},
	{.words = "create --from - --mode 0644", .creates = true, .input = "input"},
	{.words = "create --size 4096 --id-file %D/id --verbose", .creates = true},
	{.words = "create --size 4096 --key 0x5eed0002 --reuse --print ID",
	 .is_exact = true},
	{.words = "cat %T", .is_exact = true},
	{.words = "cat --copy %H", .is_exact = true},
	{.words = "cat --hex %T", .is_exact = true},
	{.words = "cat --strings --offset 100 %H", .is_exact = true},
	{.words = "cat --output %D/output --verbose %T"},
	{.words = "cat --flock %D/lock --sem %S %H", .is_exact = true},
	{.words = "attach-write --zero %T", .fate = FATE_CONTENT},
	{.words = "attach-write --fill 7 --verify %T", .fate = FATE_CONTENT},
	{.words = "attach-write --from %D/input --length 4096 --offset 1 %T",
	 .status = 1},
	{.words = "attach-write --from %D/input --exact --verify %T",
	 .fate = FATE_CONTENT},
	{.words = "attach-write --verbose %T", .fate = FATE_CONTENT, .input = "input"},
	{.words = "attach-write --stream %T", .fate = FATE_CONTENT, .input = "input"},
	{.words = "attach-write --flock %D/lock --sem %S --timeout 1 --fill 7 %H",
	 .target = HELD,
	 .fate = FATE_CONTENT},
	{.words = "key %D/input", .is_exact = true},
	{.words = "key --find 0x5eed0001 %D", .status = 1},
	{.words = "help", .is_exact = true},
	{.words = "help gc", .is_exact = true},
	{.words = "--version", .is_exact = true},
	{.words = "--show-privileges cat", .is_exact = false},
	{.words = "--complete -- rm --key 0x"},
	{.words = ""},
};

enum { SCENARIOS = sizeof(scenarios) / sizeof(scenarios[0]) };

struct trial {
	const struct scenario *scenario;
	struct world *world;
	struct result clean; /* when nothing failed */
	struct result now;
	unsigned int step, first; /* which points are tried */
	unsigned long points, complaints;
};

/* "%T" and so on, replaced. */
static void expand(const struct world *world, const char *words, char *text, size_t room)
{
	FILE *file = fmemopen(text, room, "w");

	text[0] = '\0'; /* where there is no word nothing is written */
	for (; *words; words++) {
		if (*words != '%') {
			fputc(*words, file);
			continue;
		}
		switch (*++words) {
		case 'T':
			fprintf(file, "%d", world->id[TARGET]);
			break;
		case 'H':
			fprintf(file, "%d", world->id[HELD]);
			break;
		case 'K':
			fprintf(file, "0x%08x", WORLD_KEY);
			break;
		case 'D':
			fputs(world->directory, file);
			break;
		case 'S':
			fprintf(file, "%d", world->semaphores);
			break;
		}
	}
	fclose(file);
}

static void run(const struct trial *trial, const char *program, const struct fault *fault,
		struct result *result)
{
	char text[1024], input[128], *rest, *word = text;
	const char *argv[WORDS + 2] = {program};
	int count = 1;

	expand(trial->world, trial->scenario->words, text, sizeof(text));
	while (count < WORDS && (argv[count] = strtok_r(word, " ", &rest))) {
		count++;
		word = NULL;
	}
	snprintf(input, sizeof(input), "%s/%s", trial->world->directory,
		 trial->scenario->input ? trial->scenario->input : "");
	trace_run(argv, trial->scenario->input ? input : NULL, fault, result);
}

static void complain(struct trial *trial, const char *what)
{
	const struct result *now = &trial->now;

	if (trial->complaints++ >= COMPLAINTS)
		return;
	printf("# %s: %s (status %#x)\n", trial->scenario->words, what, now->status);
	if (now->injected)
		printf("#  when this failed: %s, %s\n", now->call, strerror(now->error));
	for (const char *line = now->message; *line; line += strcspn(line, "\n") + 1) {
		printf("#  %.*s\n", (int)strcspn(line, "\n"), line);
		if (!strchr(line, '\n'))
			break;
	}
}

/* Whether its last words name the segment, or how to find it. */
static bool names(const struct result *result, int id)
{
	char number[16];

	snprintf(number, sizeof(number), "%d", id);
	return strstr(result->message, number) || strstr(result->message, "list --pid") ||
	       memmem(result->output, result->length, number, strlen(number));
}

static void check_end(struct trial *trial)
{
	const struct result *now = &trial->now;
	const int status = WEXITSTATUS(now->status);

	if (now->late)
		complain(trial, "it did not end");
	else if (!WIFEXITED(now->status))
		complain(trial, "it ended by a signal");
	else if (status != 0 && status != 1 && status != trial->scenario->status)
		complain(trial, "its exit status is another");
	else if (status == 1 && !now->silenced &&
		 strncmp(now->message, "shmtool", strlen("shmtool")) != 0)
		complain(trial, "it says nothing of its failure");
	if (now->files || now->attaches)
		complain(trial, now->files ? "a descriptor is open at its end"
					   : "a segment is attached at its end");
	if (now->processes)
		complain(trial, "it has left a process behind");
}

static void check_world(struct trial *trial)
{
	const struct scenario *scenario = trial->scenario;
	const bool succeeded = trial->now.status == 0;
	const int stranger = world_find_stranger(trial->world);
	char name[256];

	for (enum inhabitant i = 0; i < INHABITANTS; i++) {
		const enum fate fate = world_look(trial->world, i);
		const bool may = i == scenario->target && fate == scenario->fate;

		if (fate != FATE_SAME && !may)
			complain(trial, "a segment is not as it was");
		if (succeeded && i == scenario->target && fate != scenario->fate)
			complain(trial, "it was not done, and no failure");
	}
	if (stranger >= 0 && !names(&trial->now, stranger))
		complain(trial, "it leaves a segment that it does not name");
	if (scenario->creates && succeeded && stranger < 0)
		complain(trial, "there is no segment, and no failure");
	if (world_find_file(trial->world, name))
		complain(trial, "it leaves a file");
	if (!world_output_is_whole(trial->world))
		complain(trial, "its output is there in part");
	if (scenario->is_exact && succeeded &&
	    (trial->now.length != trial->clean.length ||
	     memcmp(trial->now.output, trial->clean.output, trial->now.length) != 0))
		complain(trial, "it says something else, and no failure");
}

/* One more point. Returns whether it came so far. */
static bool try(struct trial *trial, const char *program, const struct fault *fault)
{
	world_mend(trial->world);
	run(trial, program, fault, &trial->now);
	if (!trial->now.injected)
		return false;
	trial->points++;
	check_end(trial);
	check_world(trial);
	return true;
}

static void try_all(struct trial *trial, const char *program, enum fault_kind kind)
{
	struct fault fault = {.kind = kind};

	for (fault.variant = 0; fault.variant < FAULT_VARIANTS; fault.variant++)
		for (fault.at = trial->first; try(trial, program, &fault);
		     fault.at += trial->step)
			;
}

static void play(struct trial *trial, const char *program)
{
	const struct fault none = {.kind = FAULT_NONE};

	world_mend(trial->world);
	run(trial, program, &none, &trial->now);
	trial->clean = trial->now;
	check_end(trial);
	check_world(trial);
	if (WEXITSTATUS(trial->now.status) != trial->scenario->status)
		complain(trial, "it fails where nothing fails");
	try_all(trial, program, FAULT_CALL);
	if (getenv("NOMEM"))
		try_all(trial, program, FAULT_MEMORY);
}

int main(int argc, char *argv[])
{
	static struct trial trial; /* large */
	const char *step = getenv("STEP");
	unsigned long points = 0, number = 0, failed = 0;
	struct world world;

#if !defined(__x86_64__) && !defined(__aarch64__)
	puts("1..0 # SKIP it is not known here how to make calls fail (tests/fault/trace.c)");
	return 0;
#endif
	if (argc < 2)
		errx(2, "usage: fault SHMTOOL [NAME]");
	prctl(PR_SET_CHILD_SUBREAPER, 1UL, 0UL, 0UL, 0UL);
	setvbuf(stdout, NULL, _IOLBF, 0);
	setenv("LC_ALL", "C.UTF-8", 1);
	world_begin(&world);
	for (size_t i = 0; i < SCENARIOS; i++) {
		if (argc > 2 && !strstr(scenarios[i].words, argv[2]))
			continue;
		trial = (struct trial){.scenario = &scenarios[i],
				       .world = &world,
				       .step = step ? (unsigned int)atoi(step) : 1};
		trial.first = (unsigned int)i % trial.step; /* not of all the same */
		play(&trial, argv[1]);
		if (trial.points == 0)
			complain(&trial, "nothing could be made to fail");
		printf("%sok %lu - %s: %lu points\n", trial.complaints ? "not " : "",
		       ++number, scenarios[i].words, trial.points);
		failed += trial.complaints > 0;
		points += trial.points;
	}
	printf("1..%lu\n# %lu points tried\n", number, points);
	world_end(&world);
	return failed || !number;
}

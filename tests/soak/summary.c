/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What has happened, in numbers, and what came of it. */
#include <err.h>
#include <inttypes.h>
#include <stdio.h>

#include "tools.h"

static const char *const tallies[TALLIES] = {
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
	[T_CREATE_KILLS] = "creates killed before their end",
	[T_LEFT_BY_KILLED_CREATE] = "segments that they left, untold",
	[T_LEFT_FILES] = "temporary files left by who was killed",
};

void summary_progress(const struct soak *soak, unsigned int rounds, int64_t begin)
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

/* Where nothing has happened nothing can have gone wrong. */
void summary_judge(const struct tools *tools, unsigned int rounds)
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
			fault(soak, BUSY, "%s: none", tallies[needed[i]]);
	for (size_t i = 0; tool_name(i); i++)
		if (!tools->runs[i])
			fault(soak, BUSY, "'%s' was not run", tool_name(i));
	if (soak->tally[T_LATE] > soak->tally[T_DUE] / 100 + 2)
		fault(soak, GARBAGE, "gc has left %lu of %lu orphans for later",
		      soak->tally[T_LATE], soak->tally[T_DUE]);
	/* Only who kills it in the very moment when it is done: shmtool-create(1). */
	if (soak->tally[T_LEFT_BY_KILLED_CREATE] > soak->tally[T_CREATE_KILLS] / 5 + 3)
		fault(soak, OWNED, "of %lu creates that were killed, %lu left a segment",
		      soak->tally[T_CREATE_KILLS], soak->tally[T_LEFT_BY_KILLED_CREATE]);
}

static void print_tallies(const struct soak *soak)
{
	for (int i = 0; i < TALLIES; i++)
		if (tallies[i])
			printf("# %9lu %s\n", soak->tally[i], tallies[i]);
	printf("# %9.3f s: the longest time that a fence kept anybody out\n",
	       (double)soak->longest_refusal / (double)SECOND);
	printf("# %9.3f s: the longest time until all was quiet at the end of a round\n",
	       (double)soak->longest_unrest / (double)SECOND);
}

void summary_print(const struct tools *tools, const struct probes *probes,
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

bool summary_result(const struct soak *soak)
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

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The soak as who plays it has it: runs of the tool, and what is judged of them. */
#ifndef SOAK_TOOLS_H
#define SOAK_TOOLS_H

#include "soak.h"

/* run.c */
enum { ARGUMENTS = 24, ARGUMENT = 96 };

struct run {
	pid_t pid;
	const struct tool *tool;
	char argument[ARGUMENTS][ARGUMENT];
	int arguments;
	int user; /* or ROOT */
	int slot; /* or NOBODY */
	enum {
		DOES_NOTHING,
		DOES_CREATE,
		DOES_FILL,
		DOES_READ,
		DOES_SET,
		DOES_STAT,
		DOES_LIST,
		DOES_GC,
		DOES_RM
	} does;
	bool keyed, marks, in_fence, late;
	unsigned int page;  /* that it reads or writes, or PAGES: all */
	const char *file;   /* that it writes, in its directory, or NULL */
	unsigned int mode;  /* that it sets */
	int64_t older_than; /* seconds */
	int64_t began, ended, kill_at;
	bool killed;
	int input, output, errors;
	int status;
	char *said, *complained;
	size_t said_length;
};

struct tools {
	struct soak *soak;
	struct random random;
	char program[96], late[96];
	struct run run[RUNS];
	unsigned int killed_writers; /* runs of the round that could not remove a file */
	struct run *killed; /* gc and rm of the round that could not say what they did */
	size_t killed_count, killed_room;
	int unplaced[64]; /* ids that were removed, and of which nobody has said yet */
	unsigned int unplaced_count;
	unsigned long runs[32];
	double longest[32]; /* seconds */
};

void run_add(struct run *run, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void run_words(struct run *run, const char *words);
const char *run_line(const struct run *run);
void run_start(struct tools *tools, struct run *run);
void runs_reap(struct tools *tools);

/* tool.c */
struct tool {
	const char *name;
	unsigned int weight;
	bool (*build)(struct tools *tools, struct run *run); /* false: not now */
	const char *messages; /* regex(7): of what it may complain, line by line */
	bool may_find;	      /* exit status 3 */
};

void tool_choose(struct tools *tools, struct run *run);
const struct tool *tool_find(const char *name);
size_t tool_number(const struct tool *tool);
const char *tool_name(size_t number);
bool tool_explains(const struct tool *tool, const char *line, size_t length);
void tool_gc(struct tools *tools, struct run *run, int user, int64_t older_than,
	     bool keyed);

/* outcome.c */
void outcome_judge(struct tools *tools, struct run *run);

/* judge.c */
void judge_removals(struct tools *tools, struct run *run);
bool judge_was_removed(struct tools *tools, int id);
void judge_vanished(struct tools *tools, struct slot *slot);

/* quiet.c */
void quiet_wait(struct tools *tools);
void quiet_run(struct tools *tools, struct run *run);
void quiet_count(struct tools *tools);
void quiet_settle(struct tools *tools);

/* A segment as the kernel has it. */
struct found {
	int id;
	struct shmid_ds ds;
};

size_t quiet_list(struct found **found);

/* sweep.c */
void sweep(struct tools *tools);
void sweep_all(struct tools *tools);

/* probe.c */
struct probes;
struct probes *probes_new(void);
void probes_take(struct probes *probes, struct tools *tools);
void probes_judge(const struct probes *probes, struct soak *soak);
void probes_print(const struct probes *probes);

/* summary.c */
void summary_progress(const struct soak *soak, unsigned int rounds, int64_t begin);
void summary_judge(const struct tools *tools, unsigned int rounds);
void summary_print(const struct tools *tools, const struct probes *probes,
		   unsigned int rounds);
bool summary_result(const struct soak *soak);

#endif

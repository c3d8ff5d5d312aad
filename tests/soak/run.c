/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A run of the tool: started, killed, ended. */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools.h"

void run_add(struct run *run, const char *format, ...)
{
	va_list list;

	if (run->arguments == ARGUMENTS - 1)
		errx(2, "too many arguments");
	va_start(list, format);
	vsnprintf(run->argument[run->arguments++], ARGUMENT, format, list);
	va_end(list);
}

/* A command line, for faults. Good until the next call. */
const char *run_line(const struct run *run)
{
	static char text[512];
	size_t length = 0;

	for (int i = 0; i < run->arguments && length < sizeof(text); i++)
		length += (size_t)snprintf(text + length, sizeof(text) - length, "%s%s",
					   i ? " " : "", run->argument[i]);
	return text;
}

void run_words(struct run *run, const char *words)
{
	size_t length;

	for (; *words; words += length + !!words[length]) {
		length = strcspn(words, " ");
		run_add(run, "%.*s", (int)length, words);
	}
}

static int memory_file(const char *name)
{
	int fd = memfd_create(name, MFD_CLOEXEC);

	if (fd < 0)
		err(2, "memfd_create");
	return fd;
}

/* What it writes to begin with, or into a segment. */
static void prepare_input(struct tools *tools, struct run *run)
{
	uint64_t page[PAGE / sizeof(uint64_t)];

	run->input = memory_file("input");
	if (run->does != DOES_FILL && run->does != DOES_CREATE)
		return;
	for (size_t i = 0; i < sizeof(page) / sizeof(page[0]); i++)
		page[i] = tools->soak->slot[run->slot].word;
	if (write(run->input, page, sizeof(page)) != sizeof(page) ||
	    lseek(run->input, 0, SEEK_SET))
		err(2, "input");
}

/*
 * With sanitizers, their library wants to be the first of those preloaded; and what they say is
 * judged here, where it is known who was killed.
 */
static void preload(const char *library)
{
	const char *options = getenv("ASAN_OPTIONS");
	char text[512];

	snprintf(text, sizeof(text), "%s%sverify_asan_link_order=0:log_path=stderr",
		 options ? options : "", options ? ":" : "");
	setenv("ASAN_OPTIONS", text, 1);
	setenv("LD_PRELOAD", library, 1);
}

static void run_program(struct tools *tools, struct run *run)
{
	char name[] = "shmtool", *argv[ARGUMENTS + 1] = {name};

	for (int i = 0; i < run->arguments; i++)
		argv[i + 1] = run->argument[i];
	setpgid(0, 0);
	user_become(tools->soak, run->user);
	if (dup2(run->input, STDIN_FILENO) < 0 || dup2(run->output, STDOUT_FILENO) < 0 ||
	    dup2(run->errors, STDERR_FILENO) < 0)
		err(127, "dup2");
	if (run->late)
		preload(tools->late);
	execv(tools->program, argv);
	err(127, "%s", tools->program);
}

void run_start(struct tools *tools, struct run *run)
{
	prepare_input(tools, run);
	run->output = memory_file("output");
	run->errors = memory_file("errors");
	if (run->does == DOES_FILL || run->does == DOES_READ)
		atomic_fetch_add(&tools->soak->slot[run->slot].begun, 1);
	run->began = stamp();
	run->pid = fork();
	if (run->pid < 0)
		err(2, "fork");
	if (run->pid == 0)
		run_program(tools, run);
	setpgid(run->pid, run->pid);
	tools->runs[tool_number(run->tool)]++;
}

static char *contents(int fd, size_t *length)
{
	struct stat stat;
	char *text;
	ssize_t got;

	if (fstat(fd, &stat))
		err(2, "fstat");
	text = malloc((size_t)stat.st_size + 1);
	if (!text)
		err(2, NULL);
	got = pread(fd, text, (size_t)stat.st_size, 0);
	if (got < 0)
		err(2, "read");
	text[got] = '\0';
	*length = (size_t)got;
	close(fd);
	return text;
}

static void run_release(struct run *run)
{
	free(run->said);
	free(run->complained);
	*run = (struct run){0};
}

static void run_finish(struct tools *tools, struct run *run, int status)
{
	const size_t number = tool_number(run->tool);
	size_t length;
	double took;

	run->ended = now();
	run->status = status;
	close(run->input);
	run->said = contents(run->output, &run->said_length);
	run->complained = contents(run->errors, &length);
	took = (double)(run->ended - run->began) / (double)SECOND;
	if (took > tools->longest[number])
		tools->longest[number] = took;
	outcome_judge(tools, run);
	run->pid = 0;
	run_release(run);
}

/* Who has no parent any more is a child of ours: guardians, the children of create. */
static void stray_ended(struct soak *soak, pid_t pid, int status)
{
	if (WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL)
		fault(soak, ENDED, "process %d, of one that was killed, was ended by %d",
		      pid, WTERMSIG(status));
	tally(soak, T_GUARDIANS);
}

static void child_ended(struct tools *tools, pid_t pid, int status)
{
	for (int i = 0; i < RUNS; i++)
		if (tools->run[i].pid == pid) {
			run_finish(tools, &tools->run[i], status);
			return;
		}
	for (int i = 0; i < WORKERS; i++)
		if (tools->soak->worker[i].pid == pid) {
			worker_ended(tools->soak, i, status);
			return;
		}
	stray_ended(tools->soak, pid, status);
}

/* All that have ended by now. */
void runs_reap(struct tools *tools)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		child_ended(tools, pid, status);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory, descriptors and processor time, which must not grow from round to round. They
 * are taken where nothing else is: in an IPC namespace of their own, with always as many
 * segments. The output goes into a pipe that is full before all of it is written; while
 * the tool waits there its descriptors are counted.
 */
#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools.h"

enum { KINDS = 4, WORDS = 6, TIMES = 2, SEGMENTS = 300, ROUNDS = 4096 };

static char kinds[KINDS][WORDS][24] = {
	{"shmtool", "list"},
	{"shmtool", "list", "--json", "--output-all"},
	{"shmtool", "list", "--holders", "--raw"},
	{"shmtool", "gc", "--dry-run", "--verbose", "--config=/dev/null"},
};

/* The least of a round: what disturbs it makes it larger. */
struct probe {
	long memory;	 /* KiB */
	long time;	 /* microseconds */
	int descriptors; /* of the tool */
};

struct probes {
	int rounds;
	int own[ROUNDS]; /* descriptors of ours */
	struct probe probe[ROUNDS][KINDS];
};

struct probes *probes_new(void)
{
	struct probes *probes = calloc(1, sizeof(*probes));

	if (!probes)
		err(2, NULL);
	return probes;
}

static int count_descriptors(pid_t pid)
{
	char path[64];
	DIR *directory;
	int count = -2; /* . and .. */

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	directory = opendir(path);
	if (!directory)
		return -1;
	while (readdir(directory))
		count++;
	closedir(directory);
	return count;
}

static void run_kind(const struct tools *tools, int kind, int output)
{
	char *argv[WORDS + 1] = {NULL};
	int empty = open("/dev/null", O_RDONLY | O_CLOEXEC);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (unshare(CLONE_NEWIPC))
		err(127, "unshare");
	for (int i = 0; i < SEGMENTS; i++)
		if (shmget(IPC_PRIVATE, PAGE, IPC_CREAT | 0600) < 0)
			err(127, "shmget");
	if (dup2(empty, STDIN_FILENO) < 0 || dup2(output, STDOUT_FILENO) < 0)
		err(127, "dup2");
	for (int i = 0; i < WORDS && *kinds[kind][i]; i++)
		argv[i] = kinds[kind][i];
	execv(tools->program, argv);
	err(127, "%s", tools->program);
}

/* Until the pipe is full, or nobody writes any more. */
static void wait_until_full(int fd, int room, unsigned int patience)
{
	struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
	const int64_t end = now() + patience * SECOND;
	int filled = 0;

	while (filled < room && !(poll_fd.revents & POLLHUP) && now() < end) {
		usleep(200);
		poll(&poll_fd, 1, 0);
		ioctl(fd, FIONREAD, &filled);
	}
}

/* The most that it has had in memory so far, KiB; before its exec it was a copy of us. */
static long peak_memory(pid_t pid)
{
	char path[64], line[128];
	long memory = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "VmHWM: %ld", &memory) == 1)
			break;
	if (file)
		fclose(file);
	return memory;
}

/* Let it go on page by page, and look at it each time that it waits. */
static void watch(struct probe *probe, pid_t pid, int output, unsigned int patience)
{
	char buffer[PAGE];
	long memory;

	do {
		wait_until_full(output, PAGE, patience);
		memory = peak_memory(pid);
		if (memory > probe->memory)
			probe->memory = memory;
		if (!probe->descriptors)
			probe->descriptors = count_descriptors(pid);
	} while (read(output, buffer, sizeof(buffer)) > 0);
}

static struct probe take(struct tools *tools, int kind)
{
	struct probe probe = {0};
	struct rusage usage;
	int ends[2], status;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) || fcntl(ends[1], F_SETPIPE_SZ, PAGE) < 0)
		err(2, "pipe");
	pid = fork();
	if (pid < 0)
		err(2, "fork");
	if (pid == 0)
		run_kind(tools, kind, ends[1]);
	close(ends[1]);
	watch(&probe, pid, ends[0], tools->soak->patience);
	close(ends[0]);
	if (wait4(pid, &status, 0, &usage) != pid)
		err(2, "wait4");
	check(tools->soak, ENDED);
	if (status)
		fault(tools->soak, ENDED, "'%s %s' ended with status 0x%x",
		      kinds[kind][1], kinds[kind][2], status);
	probe.time = (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 +
		     usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
	return probe;
}

static struct probe least(struct probe a, struct probe b)
{
	return (struct probe){
		a.memory < b.memory ? a.memory : b.memory,
		a.time < b.time ? a.time : b.time,
		a.descriptors > b.descriptors ? a.descriptors : b.descriptors,
	};
}

/* At the end of a round. */
void probes_take(struct probes *probes, struct tools *tools)
{
	if (probes->rounds == ROUNDS)
		return;
	for (int kind = 0; kind < KINDS; kind++) {
		struct probe probe = take(tools, kind);

		for (int i = 1; i < TIMES; i++)
			probe = least(probe, take(tools, kind));
		probes->probe[probes->rounds][kind] = probe;
	}
	probes->own[probes->rounds++] = count_descriptors(getpid());
}

static struct probe quarter(const struct probes *probes, int kind, bool last)
{
	const int count = probes->rounds / 4 ? probes->rounds / 4 : 1;
	const int first = last ? probes->rounds - count : 0;
	struct probe probe = probes->probe[first][kind];

	for (int i = first + 1; i < first + count; i++)
		probe = least(probe, probes->probe[i][kind]);
	return probe;
}

/* The first quarter of the rounds against the last. */
void probes_judge(const struct probes *probes, struct soak *soak)
{
	if (probes->rounds < 2)
		return;
	for (int kind = 0; kind < KINDS; kind++) {
		const struct probe first = quarter(probes, kind, false);
		const struct probe last = quarter(probes, kind, true);

		check(soak, FLAT);
		if (last.memory > first.memory + first.memory / 20 + 256)
			fault(soak, FLAT, "'%s' takes %ld KiB, and took %ld",
			      kinds[kind][1], last.memory, first.memory);
		if (last.time > 2 * first.time + 10000)
			fault(soak, FLAT, "'%s' takes %ld us, and took %ld",
			      kinds[kind][1], last.time, first.time);
		if (last.descriptors != first.descriptors || last.descriptors < 3)
			fault(soak, FLAT, "'%s' has %d descriptors, and had %d",
			      kinds[kind][1], last.descriptors, first.descriptors);
	}
	if (probes->own[probes->rounds - 1] != probes->own[0])
		fault(soak, FLAT, "the soak itself has %d descriptors, and had %d",
		      probes->own[probes->rounds - 1], probes->own[0]);
}

void probes_print(const struct probes *probes)
{
	if (!probes->rounds)
		return;
	printf("# %-28s %17s %17s %14s\n", "300 segments, first and last", "KiB", "us",
	       "descriptors");
	for (int kind = 0; kind < KINDS; kind++) {
		const struct probe first = quarter(probes, kind, false);
		const struct probe last = quarter(probes, kind, true);

		printf("# %-8s %-19s %8ld %8ld %8ld %8ld %7d %6d\n", kinds[kind][1],
		       kinds[kind][2], first.memory, last.memory, first.time, last.time,
		       first.descriptors, last.descriptors);
	}
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fill an IPC namespace, as the arguments say, in that order.
 *
 *   segments=N   make N segments of a page, each attached and detached once
 *   processes=N  start N processes that attach these segments in turn; when all have,
 *                print "ready" and stay, they too, until killed
 */
#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <unistd.h>

enum { SEGMENTS_MAX = 32768 };

struct population {
	int id[SEGMENTS_MAX];
	unsigned int segments;
};

static void make_segments(struct population *population, unsigned long count)
{
	void *at;
	int id;

	if (count > SEGMENTS_MAX - population->segments)
		errx(1, "no more than %d segments", SEGMENTS_MAX);
	for (; count; count--) {
		id = shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600);
		if (id < 0)
			err(1, "shmget");
		at = shmat(id, NULL, 0);
		if (at == (void *)-1 || shmdt(at))
			err(1, "shmat");
		population->id[population->segments++] = id;
	}
}

/* Attach, say so, and live as long as the parent does. */
static void hold(int id, int ready)
{
	if (shmat(id, NULL, 0) == (void *)-1)
		err(1, "shmat");
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (write(ready, "", 1) != 1)
		err(1, "write");
	close(ready);
	for (;;)
		pause();
}

static void start_processes(const struct population *population, unsigned long count)
{
	int ready[2];
	pid_t pid;
	char byte;

	if (!population->segments)
		errx(1, "processes need segments");
	if (pipe(ready))
		err(1, "pipe");
	for (unsigned long i = 0; i < count; i++) {
		pid = fork();
		if (pid < 0)
			err(1, "fork");
		if (pid == 0) {
			close(ready[0]);
			hold(population->id[i % population->segments], ready[1]);
		}
	}
	close(ready[1]);
	for (; count; count--)
		if (read(ready[0], &byte, 1) != 1)
			errx(1, "not every process could attach");
	puts("ready");
	fflush(stdout);
	for (;;)
		pause();
}

int main(int argc, char *argv[])
{
	static struct population population;

	for (int i = 1; i < argc; i++) {
		if (strncmp(argv[i], "segments=", 9) == 0)
			make_segments(&population, strtoul(argv[i] + 9, NULL, 10));
		else if (strncmp(argv[i], "processes=", 10) == 0)
			start_processes(&population, strtoul(argv[i] + 10, NULL, 10));
		else
			errx(1, "cannot %s", argv[i]);
	}
	return 0;
}

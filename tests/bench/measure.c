/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a command costs: measure COMMAND [ARGUMENT]... runs it, its stdout going to
 * /dev/null, and prints microseconds of wall time, microseconds of processor time and
 * the peak of its memory in KiB. Ends with the status of the command.
 */
#include <err.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * INT64_C(1000000) + time.tv_nsec / 1000;
}

static int64_t microseconds(const struct timeval *time)
{
	return time->tv_sec * INT64_C(1000000) + time->tv_usec;
}

static void run(char *argv[])
{
	int null = open("/dev/null", O_WRONLY);

	if (null < 0 || dup2(null, STDOUT_FILENO) < 0)
		err(127, "/dev/null");
	close(null);
	execvp(*argv, argv);
	err(127, "%s", *argv);
}

int main(int argc, char *argv[])
{
	struct rusage usage;
	int64_t start, wall;
	int status;
	pid_t pid;

	if (argc < 2)
		errx(127, "usage: measure COMMAND [ARGUMENT]...");
	start = now();
	pid = fork();
	if (pid < 0)
		err(127, "fork");
	if (pid == 0)
		run(argv + 1);
	if (wait4(pid, &status, 0, &usage) < 0)
		err(127, "wait4");
	wall = now() - start;
	printf("%" PRId64 " %" PRId64 " %ld\n", wall,
	       microseconds(&usage.ru_utime) + microseconds(&usage.ru_stime),
	       usage.ru_maxrss);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

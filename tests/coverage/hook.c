/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Linked into every program of the coverage build, and into no other: what gcov does by
 * itself only at an exit(3) that nothing is in the way of.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "sandbox.h"

void __gcov_dump(void);
void __gcov_reset(void);
void __real__exit(int status) __attribute__((noreturn));
void __wrap__exit(int status) __attribute__((noreturn));
int __real_raise(int number);
int __wrap_raise(int number);
int __real_sandbox_enter(unsigned int may) __attribute__((weak));
int __wrap_sandbox_enter(unsigned int may);

/* What cannot be written is recorded for the report: on stderr, tests would see it. */
static void __attribute__((destructor(101))) prepare(void)
{
	struct rlimit size;

	/* Some tests allow no more than small files, for now. */
	signal(SIGXFSZ, SIG_IGN);
	if (getrlimit(RLIMIT_FSIZE, &size) == 0) {
		size.rlim_cur = size.rlim_max;
		setrlimit(RLIMIT_FSIZE, &size);
	}
	setenv("GCOV_ERROR_FILE", COVERAGE_LOST, 1);
}

/* The end of a child, which skips destructors. */
void __wrap__exit(int status)
{
	prepare();
	__gcov_dump();
	__real__exit(status);
}

/* The end, perhaps, of a program that passes on what has interrupted it. */
int __wrap_raise(int number)
{
	prepare();
	__gcov_dump();
	__gcov_reset();
	return __real_raise(number);
}

/* Counts are written into files at the end; but what tests the sandbox gets it whole. */
int __wrap_sandbox_enter(unsigned int may)
{
	if (strncmp(program_invocation_short_name, "shmtool", strlen("shmtool")) == 0)
		may |= MAY_WRITE_FILES;
	return __real_sandbox_enter(may);
}

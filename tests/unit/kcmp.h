/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For tests of processes that have the same memory, which only kcmp(2) tells. */
#ifndef SHMTOOL_UNIT_KCMP_H
#define SHMTOOL_UNIT_KCMP_H

#include <linux/kcmp.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "unit.h"

/* To be asked before anything is made. Some kernels have no kcmp(2), some containers refuse it. */
static inline void need_kcmp(void)
{
	const long self = getpid();

	if (syscall(SYS_kcmp, self, self, (long)KCMP_VM, 0L, 0L) != 0)
		skip();
}

static inline int stay(void *unused)
{
	(void)unused;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		pause();
	return 0;
}

/* A child that stays until it is killed. With CLONE_VM, for one at a time, it has our memory. */
static inline pid_t start_cloned(int flags)
{
	static char stack[65536] __attribute__((aligned(16)));
	const pid_t pid = clone(stay, stack + sizeof(stack), flags | SIGCHLD, NULL);

	assert_int_not_equal(pid, -1);
	return pid;
}

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For tests of processes that have the same memory, which only kcmp(2) tells. */
#ifndef SHMTOOL_UNIT_KCMP_H
#define SHMTOOL_UNIT_KCMP_H

#include <linux/kcmp.h>
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

#endif

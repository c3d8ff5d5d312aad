/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers below /proc/sys (proc_sys_kernel(5), proc_sys_vm(5)). Those of System V
 * segments are of the reader's IPC namespace, whoever mounted /proc: the kernel
 * looks at the task that opens them (set_lookup() in ipc/ipc_sysctl.c).
 */
#ifndef SHMTOOL_SYSCTL_H
#define SHMTOOL_SYSCTL_H

#include <stdint.h>

#define SYSCTL_OVERFLOW_GID "/proc/sys/kernel/overflowgid"
#define SYSCTL_OVERFLOW_UID "/proc/sys/kernel/overflowuid"
#define SYSCTL_RMID_FORCED "/proc/sys/kernel/shm_rmid_forced"
#define SYSCTL_OVERCOMMIT "/proc/sys/vm/overcommit_memory"
#define SYSCTL_HUGE_GROUP "/proc/sys/vm/hugetlb_shm_group"
#define SYSCTL_HUGE_OVERCOMMIT "/proc/sys/vm/nr_overcommit_hugepages"

/*
 * The number that a file holds alone. Returns 0, or -1: EBADMSG if it holds something
 * else, and as open(2) and read(2).
 */
int sysctl_read(const char *path, uint64_t *value);

#endif

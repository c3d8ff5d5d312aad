/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The System V calls: the only file that includes <sys/shm.h>. See shmget(2) and
 * shmctl(2). Functions return -1 and errno as the kernel set it, but for ENOENT
 * where this header names it.
 */
#ifndef SHMTOOL_SYSV_H
#define SHMTOOL_SYSV_H

#include <stdbool.h>
#include <stdint.h>

struct segment;

/*
 * The highest slot of the kernel's table that is in use (SHM_INFO); 0 also when
 * there is no segment at all. ENOSYS where the kernel has no System V IPC.
 */
int sysv_last_slot(void);

/*
 * The segment in one slot, without rss and swap, which only /proc tells. ENOENT for
 * an empty slot. Needs no permission on the segment: SHM_STAT_ANY, Linux 4.17.
 */
int sysv_stat_slot(int slot, struct segment *segment);

/*
 * The segment with this id, as above. ENOENT if there is none: a slot that now
 * holds another segment, under a later sequence number, is not an answer.
 */
int sysv_stat(int id, struct segment *segment);

/*
 * The id of the segment with a key other than 0; ENOENT if there is none. A segment
 * that is marked for destruction has lost its key. Asks for no access, so permission
 * bits do not matter (ipcperms() in ipc/util.c).
 */
int sysv_find(uint32_t key);

/* The segment that is asked for. */
struct sysv_request {
	uint32_t key;	   /* 0: private; any other must be free */
	uint64_t size;	   /* bytes */
	unsigned int mode; /* at most 0777 */
	unsigned int
		huge;	 /* 0: ordinary pages; SYSV_HUGE; or log2 of the huge page size */
	bool no_reserve; /* account for memory, or huge pages, when they are touched */
};

#define SYSV_HUGE 1 /* of the default size: no page is of 2 bytes */

/*
 * Create a segment and return its id. EEXIST: the key is in use. EINVAL: size is 0 or
 * above SHMMAX, or the kernel has no such huge pages. ENOSPC: SHMMNI or SHMALL is reached.
 * ENOMEM: no memory, or not so many huge pages. EPERM: these are not for the caller.
 *
 * no_reserve does nothing for ordinary pages where vm.overcommit_memory is 2. With huge
 * pages, who touches one that is not there any more dies (SIGBUS; newseg() in ipc/shm.c).
 */
int sysv_create(const struct sysv_request *request);

/* The sysctls that limit segments in this IPC namespace, and what is in use of them. */
struct sysv_limits {
	uint64_t shmmni, segments; /* number of segments */
	uint64_t shmall, pages;	   /* all their sizes, each in whole pages */
	uint64_t shmmax;	   /* size of one, bytes */
};

/* IPC_INFO and SHM_INFO. ENOSYS as above. */
int sysv_limits(struct sysv_limits *limits);

/*
 * IPC_SET: give the segment the owner, the group and the permissions (at most 0777) that
 * are in *segment; the kernel sets all three, so what is not to change must be as it was
 * seen a moment ago. It moves ctime. EPERM as below. ENOENT: gone already, or one of the
 * two has no number in this user namespace, which the kernel does not tell apart.
 */
int sysv_set(const struct segment *segment);

/* The same with other permissions. */
int sysv_set_mode(const struct segment *segment, unsigned int mode);

/*
 * SHM_LOCK or SHM_UNLOCK: keep it in memory, or let it be swapped again. It does not move
 * ctime. A segment of huge pages, which are never swapped, is left alone, with success
 * (is_file_hugepages() in shmctl_do_lock(), ipc/shm.c).
 *
 * EPERM unless the caller owns or created it or has CAP_IPC_LOCK where the IPC namespace
 * belongs; and to lock, if RLIMIT_MEMLOCK is 0 and he has not. ENOMEM: more would be
 * locked for his user than RLIMIT_MEMLOCK, and he does not have CAP_IPC_LOCK in the first
 * user namespace. ENOENT: gone already.
 */
int sysv_lock(int id, bool locked);

/*
 * Attach the segment, to read or to read and write, at an address that the kernel chooses.
 * It makes the caller its last user, and attach time the present one; so does detaching
 * with the detach time. Returns NULL on failure. EACCES: its permissions, or a security
 * module. ENOENT: gone already. ENOMEM: no room for so much in the address space.
 */
void *sysv_attach(int id, bool writable);

/* Detach what sysv_attach() has returned. */
void sysv_detach(const void *at);

/*
 * IPC_RMID: destroy the segment, or mark it if anybody has it attached. EPERM
 * unless the caller owns or created it or has CAP_SYS_ADMIN. ENOENT: gone already.
 */
int sysv_remove(int id);

#endif

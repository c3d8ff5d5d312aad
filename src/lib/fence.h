/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A fence around segments that are to be removed only if nobody has them attached.
 *
 * No call of the kernel does that. Between a look at nattch and IPC_RMID somebody can
 * attach; then the segment is only marked, its key is free, and the next process of the
 * same application makes another one: two halves of it, each on a memory of its own.
 *
 * So each segment is closed first: its mode becomes 0, and nobody can attach it any more
 * but who has CAP_IPC_OWNER. Who was let in just before is counted in nattch once
 * fence_settle() has returned. Then a look at nattch is good until the segment is removed
 * or opened again.
 *
 * Why that is so: do_shmat() in ipc/shm.c checks the mode (ipcperms()) and counts the
 * attach (shm_nattch++) inside one RCU read-side critical section. fence_settle() waits
 * until all that had begun before it have ended (an RCU grace period, which is what
 * membarrier(2) waits for). One that begins later sees mode 0.
 *
 * Only the owner, the creator or root can open it meanwhile, by IPC_SET. There is no call
 * that sets a mode only if it is still the one that was seen: in the microseconds between
 * a look and IPC_SET, what these do is lost. If it was another segment that had the id by
 * then, a look after IPC_SET tells, and it is given back to its creator (aimed.h).
 *
 * A process that is killed in between must not leave segments closed. A guardian, a child
 * in a session of its own, sees its end and opens them. If both are killed, as with a whole
 * container, the record of what is closed is left (fence-record.h), and the next run opens
 * them. Where there can be no record, as when SHMMNI is reached, there is the guardian alone.
 */
#ifndef SHMTOOL_FENCE_H
#define SHMTOOL_FENCE_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "segment.h"

struct closed {
	struct segment segment; /* as it was before */
	bool closed;
};

struct fence_record;

struct fence {
	struct closed *item; /* in memory that the guardian shares */
	size_t count, room;
	struct fence_record *record; /* in which they are; NULL: there is none */
	int record_id;
	pid_t guardian;
	int channel; /* whose end the guardian waits for */
	int lock;    /* -1: none */
};

/*
 * Wait until no fence is around anything in this IPC namespace, and let none begin: for
 * who changes a mode, lest it take the mode behind a fence for the true one. The lock is
 * on the namespace itself (flock(2) on /proc/self/ns/ipc). That anybody can hold, so it is
 * waited for as long as there is patience, in all calls of a run together: *patience is
 * FENCE_PATIENCE at first. Returns a descriptor to close(2), or -1: then it was not to be had.
 */
int fence_lock(int *patience);

enum { FENCE_PATIENCE = 1500 /* ms */ };

/*
 * Begin a fence for up to room segments, at least one. Of two fences in one IPC namespace
 * the second waits for the first (fence_lock()); where there can be no lock it goes on
 * without.
 *
 * From then on no signal arrives, but for those that cannot be blocked. That is so after
 * fence_end() too, until the caller sets the signals that were blocked before
 * (sigprocmask(2)), which are in *before.
 *
 * Returns 0, or -1 and errno: ENOMEM, or why there can be no guardian. Then nothing has
 * begun, and signals are as they were.
 */
int fence_begin(struct fence *fence, size_t room, int *patience, sigset_t *before);

/*
 * Close a segment, as it was seen just now, and add it to fence->item. One whose mode is
 * 0 already needs no more: it was made so, or another fence is around it, and will not be
 * opened by this one. Returns 0, or -1 and errno as aimed_set().
 */
int fence_close(struct fence *fence, const struct segment *segment);

/*
 * Wait until every attach that was let in is counted. Returns true if the kernel told so
 * (MEMBARRIER_CMD_GLOBAL); false if it does not (as with nohz_full, or in a sandbox). Then
 * 50 ms have passed instead, which is far longer than anybody is inside shmat(2), but for
 * one whose processor was taken away there; he is told of as a privileged one is.
 */
bool fence_settle(void);

/*
 * Give a segment the mode that it had, unless somebody else has set one meanwhile.
 * Returns 0, even if it is gone; or -1 and errno as sysv_set(), or ESTALE: another one was
 * closed or opened in its place, and has been given back (aimed.h).
 */
int fence_open(struct closed *closed);

/* The end: what is closed still stays so. */
void fence_end(struct fence *fence);

#endif

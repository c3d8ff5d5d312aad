/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Steps that may never end, made by a child that can be killed.
 *
 * To read /proc/PID/stat, maps or ns, or to ask kcmp(2), waits for a lock that the process in
 * question holds during execve(2) (exec_update_lock, in begin_new_exec() of fs/exec.c), for as
 * long as it likes: while it closes a file on a file system of its own, for instance. The wait
 * is not interrupted by a signal, but SIGKILL ends it.
 */
#ifndef SHMTOOL_WORKER_H
#define SHMTOOL_WORKER_H

#include <stddef.h>
#include <stdint.h>

/* How long one step may take, and all that are stuck together, in milliseconds. */
enum { WORKER_STEP = 800, WORKER_ALL = 1600 };

enum worker_end {
	WORKER_DONE,   /* nothing is left to do */
	WORKER_PAUSED, /* a step wanted a new child, and is to be made again */
	WORKER_STUCK,  /* the step did not end in time, or the child was killed in it */
};

struct worker {
	/* In. */
	size_t count; /* steps: from 0 to count - 1 */
	/*
	 * Makes one step, in the child, and leaves its result in memory that is shared with
	 * the parent (worker_share()). Returns WORKER_DONE to go on with the next step, or
	 * WORKER_PAUSED; or -1 if no more steps are needed.
	 */
	int (*step)(void *context, size_t step);
	void *context;
	int64_t *
		patience; /* ms, WORKER_ALL at first: what is left of it, for many runs */

	/* In and out: the first step; and the one to go on with, or that is stuck. */
	size_t next;
	enum worker_end end; /* out */
};

/*
 * Run a child from step next on, and wait until it ends or is stuck, in which case it is
 * killed. Returns 0; or -1 and errno, as mmap(2), pipe(2) and fork(2), and nothing was done.
 * ETIME: there is no patience left, so no step can be tried.
 */
int worker_run(struct worker *worker);

/* Memory, all zero, that children share; NULL and errno ENOMEM. To be freed by its size. */
void *worker_share(size_t size);
void worker_unshare(void *memory, size_t size);

#endif

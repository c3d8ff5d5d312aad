/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "worker.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* How far the child is, as it says itself. */
struct progress {
	_Atomic size_t at;
	_Atomic int end;
};

void *worker_share(size_t size)
{
	/* Most of it is never touched: it need not be there. */
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

void worker_unshare(void *memory, size_t size)
{
	if (memory)
		munmap(memory, size);
}

static void work(const struct worker *worker, struct progress *progress, pid_t parent)
{
	int result = WORKER_DONE;

	/* Who would kill it, if it is stuck, when its parent has been killed? */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	for (size_t i = worker->next; i < worker->count && result == WORKER_DONE; i++) {
		progress->at = i;
		result = worker->step(worker->context, i);
	}
	progress->end = result == WORKER_PAUSED ? WORKER_PAUSED : WORKER_DONE;
	_exit(0);
}

/*
 * Wait for the end of a child, or until it has been in one step for too long. Returns whether
 * it has ended. Intervals are counted, not time: both processes may have been stopped.
 */
static bool wait_for_end(const struct worker *worker, const struct progress *progress,
			 int end)
{
	enum { INTERVAL = 100 };
	const int64_t most = *worker->patience < WORKER_STEP ? *worker->patience
							     : WORKER_STEP;
	struct pollfd watched = {.fd = end, .events = POLLIN};
	size_t at = progress->at;
	int64_t waited = 0;

	while (waited < most) {
		const int got = poll(&watched, 1, INTERVAL);

		if (got > 0)
			return true;
		waited += got == 0 ? INTERVAL : 0;
		if (progress->at != at)
			waited = 0;
		at = progress->at;
	}
	*worker->patience -= most;
	return false;
}

/* In the parent: see the child to its end. */
static void attend(struct worker *worker, const struct progress *progress, pid_t child,
		   int end)
{
	if (!wait_for_end(worker, progress, end))
		kill(child, SIGKILL);
	/* Whoever started us may have told the kernel to forget children (SIGCHLD). */
	while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
	worker->end = (enum worker_end)progress->end;
	worker->next = worker->end == WORKER_DONE ? worker->count : progress->at;
}

/* Returns 0, or -1 and errno. */
static int run_child(struct worker *worker, struct progress *progress)
{
	const pid_t parent = getpid();
	pid_t child;
	int ends[2], error;

	if (pipe2(ends, O_CLOEXEC))
		return -1;
	child = fork();
	error = errno;
	if (child == 0) {
		close(ends[0]);
		work(worker, progress, parent);
	}
	close(ends[1]);
	if (child > 0)
		attend(worker, progress, child, ends[0]);
	close(ends[0]);
	errno = error;
	return child < 0 ? -1 : 0;
}

int worker_run(struct worker *worker)
{
	struct progress *progress;
	int result;

	if (*worker->patience <= 0) {
		errno = ETIME;
		return -1;
	}
	progress = worker_share(sizeof(*progress));
	if (!progress)
		return -1;
	progress->at = worker->next;
	progress->end = WORKER_STUCK;
	result = run_child(worker, progress);
	worker_unshare(progress, sizeof(*progress));
	return result;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "make.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/reap.h"
#include "lib/retry.h"
#include "lib/sysctl.h"

/* What the child tells, once when there is a segment and again when it is complete. */
struct report {
	struct segment made;
	int error;
	bool complete;
	bool is_lost; /* of the parent: something was told that could not be heard */
};

static bool tell(int to_parent, const struct report *report)
{
	return write(to_parent, report, sizeof(*report)) == sizeof(*report);
}

/* Returns 0, or -1 and the reason in the report. */
static int create(const struct wanted *wanted, struct report *report)
{
	const struct sysv_request request = complete_request(wanted);
	const int id = sysv_create(&request);

	if (id >= 0 && sysv_stat(id, &report->made) == 0)
		return 0;
	report->error = errno;
	if (id >= 0)
		sysv_remove(id);
	report->made.id = -1;
	return -1;
}

/* The child, until it ends. */
static void child_main(const struct wanted *wanted, pid_t parent, int to_parent)
{
	struct report report = {0};

	if (create(wanted, &report)) {
		tell(to_parent, &report);
		return;
	}
	if (tell(to_parent, &report))
		report.complete = complete(wanted, &report.made, parent) == 0;
	/* If the parent has been killed nobody else knows of it. */
	if (!tell(to_parent, &report))
		make_undo(&(struct making){.made = report.made});
}

/*
 * Block the signals that ask for an end, but for those that our caller has ignored or
 * blocked already, and that of the child.
 */
static void block_signals(struct making *making, sigset_t *waited)
{
	static const int ends[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
	struct sigaction action;

	signal(SIGCHLD, SIG_DFL);
	sigprocmask(SIG_BLOCK, NULL, &making->before);
	sigemptyset(waited);
	sigaddset(waited, SIGCHLD);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (sigaction(ends[i], NULL, &action) == 0 &&
		    action.sa_handler != SIG_IGN &&
		    !sigismember(&making->before, ends[i]))
			sigaddset(waited, ends[i]);
	sigprocmask(SIG_BLOCK, waited, NULL);
}

/* Wait until the child has ended; what asks for an end is passed on to it. Its status. */
static int wait_for(struct making *making, const sigset_t *waited)
{
	const struct timespec none = {0};
	int status = 0, got;

	while (waitpid(making->child, &status, WNOHANG) == 0) {
		got = sigwaitinfo(waited, NULL);
		if (got > 0 && got != SIGCHLD) {
			making->interrupted = got;
			kill(making->child, got);
		}
	}
	while ((got = sigtimedwait(waited, NULL, &none)) > 0)
		if (got != SIGCHLD)
			making->interrupted = got;
	return status;
}

/* What the child has told waits in the pipe. */
static void hear(int from_child, struct report *last)
{
	struct report report;
	ssize_t got;

	while ((got = retry_read(from_child, &report, sizeof(report))) == sizeof(report))
		*last = report;
	last->is_lost = got < 0;
	if (last->is_lost)
		warn("what the process that makes the segment says cannot be read");
}

/* Returns 0, or -1 and the reason in making->error. *status is how the child ended. */
static int run_child(struct making *making, const sigset_t *waited, struct report *last,
		     int *status)
{
	const pid_t parent = getpid();
	int ends[2];

	if (pipe2(ends, O_CLOEXEC)) {
		making->error = errno;
		return -1;
	}
	making->child = fork();
	making->error = errno;
	if (making->child == 0) {
		close(ends[0]);
		sigprocmask(SIG_SETMASK, &making->before, NULL);
		child_main(&making->wanted, parent, ends[1]);
		_exit(EXIT_SUCCESS);
	}
	close(ends[1]);
	if (making->child > 0) {
		*status = wait_for(making, waited);
		hear(ends[0], last);
	}
	close(ends[0]);
	return making->child > 0 ? 0 : -1;
}

/* Now that its creator has ended. */
static enum made check_outlives(struct making *making)
{
	struct segment now;
	uint64_t forced;

	if (sysv_stat(making->made.id, &now) == 0 &&
	    segment_remains(&making->made, &now)) {
		making->made = now;
		return MAKE_DONE;
	}
	if (sysctl_read(SYSCTL_RMID_FORCED, &forced) == 0 && !forced)
		warnx("segment %d: somebody else has just removed it", making->made.id);
	else
		warnx("the segment died with its creator: the sysctl kernel.shm_rmid_forced is 1");
	return MAKE_FAILED;
}

/* What ended the child before it was ready, if it has not said that itself. */
static void explain_end(const struct making *making, int status)
{
	const int signal = WIFSIGNALED(status) ? WTERMSIG(status) : making->interrupted;

	if (!signal)
		return;
	if (making->made.id >= 0)
		warnx("segment %d: stopped while it was being made: %s", making->made.id,
		      strsignal(signal));
	else
		warnx("stopped while a segment was being made: %s", strsignal(signal));
	if (signal == SIGKILL || signal == SIGBUS)
		fputs("  by the kernel perhaps, for want of memory or of huge pages: its log tells\n",
		      stderr);
}

enum made make_run(struct making *making)
{
	struct report report = {.made.id = -1, .error = ECHILD};
	sigset_t waited;
	int status = 0;

	making->made = report.made;
	making->interrupted = 0;
	block_signals(making, &waited);
	if (run_child(making, &waited, &report, &status))
		return MAKE_REFUSED;
	making->made = report.made;
	making->error = report.error;
	if (report.complete && !making->interrupted)
		return check_outlives(making);
	explain_end(making, status);
	if (making->made.id >= 0)
		make_undo(making);
	else if (report.is_lost || WIFSIGNALED(status) || making->interrupted)
		warnx("'shmtool list --pid %d' shows the segment, if there is one",
		      making->child);
	else
		return MAKE_REFUSED;
	return MAKE_FAILED;
}

void make_undo(const struct making *making)
{
	const int id = making->made.id;
	struct reaping reaping = {0};

	/* Completing it has changed it; but what it was made as does not change. */
	if (sysv_stat(id, &reaping.seen) ||
	    !segment_remains(&making->made, &reaping.seen))
		return;
	reap(&reaping, true);
	switch (reaping.outcome) {
	case REAPED_REMOVED:
	case REAPED_MARKED:
		warnx("segment %d: removed again", id);
		break;
	case REAPED_ABSENT:
		break;
	case REAPED_CHANGED:
	case REAPED_USED:
		warnx("segment %d: not removed again, as somebody uses it already", id);
		break;
	case REAPED_STRAY:
	case REAPED_FAILED:
		errno = reaping.error;
		warn("segment %d: not removed again", id);
		break;
	}
}

void make_end(const struct making *making)
{
	/* It is blocked still. */
	if (making->interrupted)
		raise(making->interrupted);
	sigprocmask(SIG_SETMASK, &making->before, NULL);
}

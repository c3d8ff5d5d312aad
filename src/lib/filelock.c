/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "filelock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

#include "deadline.h"

enum { FLAGS = O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC };

static int open_present(const char *path)
{
	int fd = open(path, O_RDWR | FLAGS);

	return fd < 0 && errno != ENOENT ? open(path, O_RDONLY | FLAGS) : fd;
}

int filelock_open(const char *path)
{
	enum { TRIES = 100 };
	int fd = -1;

	/* Somebody may remove what was there, and make what was not. */
	for (int i = 0; i < TRIES; i++) {
		fd = open_present(path);
		if (fd >= 0 || errno != ENOENT)
			break;
		fd = open(path, O_RDWR | O_CREAT | O_EXCL | FLAGS, 0666);
		if (fd >= 0 || errno != EEXIST)
			break;
	}
	return fd;
}

static void do_nothing(int number)
{
	(void)number;
}

/* What interrupts calls of this process from the deadline on. */
struct interrupter {
	timer_t timer;
	struct sigaction action; /* as it was before, and so is the mask */
	sigset_t mask;
};

static int interrupter_begin(struct interrupter *interrupter,
			     const struct deadline *deadline)
{
	const struct sigaction action = {.sa_handler = do_nothing}; /* no SA_RESTART */
	const struct itimerspec times = {.it_value = deadline->at,
					 .it_interval.tv_nsec = 10 * 1000 * 1000};
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN};
	sigset_t signals;

	if (timer_create(CLOCK_MONOTONIC, &event, &interrupter->timer)) {
		/* EAGAIN, of RLIMIT_SIGPENDING, would be taken for the end of the wait. */
		errno = ENOMEM;
		return -1;
	}
	sigemptyset(&signals);
	sigaddset(&signals, SIGRTMIN);
	sigaction(SIGRTMIN, &action, &interrupter->action);
	sigprocmask(SIG_UNBLOCK, &signals, &interrupter->mask);
	timer_settime(interrupter->timer, TIMER_ABSTIME, &times, NULL);
	return 0;
}

static void interrupter_end(const struct interrupter *interrupter)
{
	const struct sigaction forget = {.sa_handler = SIG_IGN};

	timer_delete(interrupter->timer);
	/* One that is still pending would kill us, once its handler is gone. */
	sigaction(SIGRTMIN, &forget, NULL);
	sigprocmask(SIG_SETMASK, &interrupter->mask, NULL);
	sigaction(SIGRTMIN, &interrupter->action, NULL);
}

static int wait_for_ever(int fd, int operation)
{
	int result;

	do {
		result = flock(fd, operation);
	} while (result && errno == EINTR);
	return result;
}

static int wait_until(int fd, int operation, const struct deadline *deadline)
{
	struct interrupter interrupter;
	struct timespec left;
	int result, error;

	if (!deadline_left(deadline, &left)) {
		errno = EAGAIN;
		return -1;
	}
	if (interrupter_begin(&interrupter, deadline))
		return -1;
	do {
		result = flock(fd, operation);
		error = errno;
	} while (result && error == EINTR && deadline_left(deadline, &left));
	interrupter_end(&interrupter);
	errno = error == EINTR ? EAGAIN : error;
	return result;
}

static bool has_name(int fd)
{
	struct stat stat;

	return fstat(fd, &stat) == 0 && stat.st_nlink > 0;
}

int filelock_take(int fd, bool exclusive, const struct deadline *deadline)
{
	const int operation = exclusive ? LOCK_EX : LOCK_SH;
	/* Some file systems count no names. */
	const bool had_name = has_name(fd);
	int result = flock(fd, operation | LOCK_NB);

	if (result && errno == EWOULDBLOCK)
		result = deadline->never ? wait_for_ever(fd, operation)
					 : wait_until(fd, operation, deadline);
	if (result == 0 && had_name && !has_name(fd)) {
		filelock_give(fd);
		errno = ESTALE;
		return -1;
	}
	return result;
}

void filelock_give(int fd)
{
	flock(fd, LOCK_UN);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fence.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/membarrier.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "aimed.h"
#include "fence-record.h"
#include "retry.h"
#include "sysv.h"

static void pause_for(long milliseconds)
{
	struct timespec rest = {.tv_nsec = milliseconds * 1000000};

	while (nanosleep(&rest, &rest) && errno == EINTR)
		;
}

int fence_lock(int *patience)
{
	enum { INTERVAL = 10 };
	int fd = open("/proc/self/ns/ipc", O_RDONLY | O_CLOEXEC);

	while (fd >= 0) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return fd;
		if (errno != EWOULDBLOCK || *patience <= 0)
			break;
		*patience -= INTERVAL;
		pause_for(INTERVAL);
	}
	if (fd >= 0)
		close(fd);
	return -1;
}

/* Whether it is that segment, as we left it. */
static bool is_closed(const struct segment *now, const struct segment *before)
{
	return now->mode == 0 && segment_remains(before, now);
}

/* Whether it is another, which was closed in its place: with it, the owner was set. */
static bool is_hit(const struct segment *now, const struct segment *before)
{
	return now->mode == 0 && now->uid == before->uid && now->gid == before->gid &&
	       (now->uid != now->cuid || now->gid != now->cgid) &&
	       !segment_remains(before, now);
}

int fence_open(struct closed *closed)
{
	struct segment now, wanted;
	int result = 0;

	if (!closed->closed)
		return 0;
	if (sysv_stat(closed->segment.id, &now)) {
		if (errno != ENOENT)
			return -1;
	} else if (is_closed(&now, &closed->segment)) {
		wanted = now;
		wanted.mode = closed->segment.mode;
		result = aimed_set(&now, &wanted);
		if (result && errno != ENOENT && errno != ESTALE)
			return -1;
		result = result && errno == ESTALE ? -1 : 0;
	} else if (is_hit(&now, &closed->segment)) {
		aimed_return(&now);
		errno = ESTALE;
		result = -1;
	}
	closed->closed = false;
	return result;
}

/* What the remover has left. The record goes if nothing is left closed. */
static void open_all(const struct fence *fence)
{
	bool failed = false;

	for (size_t i = 0; i < fence->room; i++) {
		/* A copy: if we are wrong about the end, who is alive goes by it. */
		struct closed closed = fence->item[i];

		failed |= fence_open(&closed) && errno != ESTALE;
	}
	if (fence->record && !failed)
		sysv_remove(fence->record_id);
}

/* The life of the guardian: to wait for a word, or for the end without one. */
static void guard(const struct fence *fence, int channel)
{
	ssize_t heard;
	char word = 0;

	setsid(); /* whoever kills our whole process group has not killed the guardian */
	prctl(PR_SET_NAME, "shmtool-guard");
	if (write(channel, &word, 1) != 1)
		_exit(1);
	heard = retry_read(channel, &word, 1);
	if (heard < 0) /* which says nothing of an end */
		heard = retry_read(channel, &word, 1);
	if (heard != 1)
		open_all(fence);
	_exit(0);
}

/*
 * Start the guardian, and wait until it is ready to survive us. With it lives what it
 * inherits: the lock, until segments are open again, and the signals that are blocked.
 */
static int start_guardian(struct fence *fence)
{
	int ends[2], error;
	char word;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
		return -1;
	fence->channel = ends[0];
	fence->guardian = fork();
	if (fence->guardian == 0) {
		close(ends[0]);
		guard(fence, ends[1]);
	}
	error = errno;
	close(ends[1]);
	if (fence->guardian > 0 && retry_read(ends[0], &word, 1) == 1)
		return 0;
	close(ends[0]); /* before the wait, for that is what a living guardian waits for */
	if (fence->guardian > 0) {
		waitpid(fence->guardian, NULL, 0);
		error = ECHILD;
	}
	errno = error;
	return -1;
}

static void release(struct fence *fence)
{
	if (fence->record)
		fence_record_remove(fence->record, fence->record_id);
	else
		munmap(fence->item, fence->room * sizeof(fence->item[0]));
	if (fence->lock >= 0)
		close(fence->lock);
}

/* Room for what will be closed, which the guardian shares: if possible in a record. */
static int make_room(struct fence *fence)
{
	if (fence->room <= FENCE_RECORD_ROOM)
		fence->record = fence_record_make(&fence->record_id);
	if (fence->record) {
		fence->item = fence->record->item;
		return 0;
	}
	fence->item = mmap(NULL, fence->room * sizeof(fence->item[0]),
			   PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return fence->item == MAP_FAILED ? -1 : 0;
}

int fence_begin(struct fence *fence, size_t room, int *patience, sigset_t *before)
{
	sigset_t all;
	int error;

	sigprocmask(SIG_BLOCK, NULL, before);
	*fence = (struct fence){.room = room, .lock = fence_lock(patience)};
	sigfillset(&all);
	/* From here on, for a record is not to be left either. */
	sigprocmask(SIG_BLOCK, &all, NULL);
	if (make_room(fence)) {
		error = errno;
		if (fence->lock >= 0)
			close(fence->lock);
		sigprocmask(SIG_SETMASK, before, NULL);
		errno = error;
		return -1;
	}
	if (start_guardian(fence) == 0)
		return 0;
	error = errno;
	sigprocmask(SIG_SETMASK, before, NULL);
	release(fence);
	errno = error;
	return -1;
}

int fence_close(struct fence *fence, const struct segment *segment)
{
	struct closed *closed = &fence->item[fence->count];
	struct segment wanted = *segment;

	wanted.mode = 0;
	/* The guardian knows first: we may be dead as soon as it is closed. */
	*closed = (struct closed){*segment, segment->mode != 0};
	if (closed->closed && aimed_set(segment, &wanted)) {
		closed->closed = false;
		return -1;
	}
	fence->count++;
	return 0;
}

bool fence_settle(void)
{
	enum { ENOUGH = 50 };

	/* On a single processor the call returns at once, whoever is inside shmat(2). */
	if (sysconf(_SC_NPROCESSORS_ONLN) > 1 &&
	    syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0) == 0)
		return true;
	pause_for(ENOUGH);
	return false;
}

void fence_end(struct fence *fence)
{
	char word = 0;

	/* One that has been killed does not read it. Whatever: it has nothing to do. */
	send(fence->channel, &word, 1, MSG_NOSIGNAL);
	close(fence->channel);
	waitpid(fence->guardian, NULL, 0);
	release(fence);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A process that is looked into, by its directory in /proc. */
#ifndef SHMTOOL_SUBJECT_H
#define SHMTOOL_SUBJECT_H

#include <sys/types.h>

struct mapping;
struct stat;

struct subject {
	pid_t pid;
	int directory; /* its /proc/PID, which nobody inherits with the PID */
	int thread;    /* of the thread in it whose memory and namespace count */
	int files;     /* where that thread has map_files; or -1 */
};

/*
 * Begin, with its first thread; proc is /proc, in which the process has this name. To be
 * closed, also after a failure. Returns 0, or -1 as open(2).
 */
int subject_open(struct subject *subject, int proc, const char *name, pid_t pid);

/*
 * Go over to a thread that is not the first, once, for that one may have ended, with
 * pthread_exit(3): then it has no memory, but the process and its other threads have.
 * Returns 0; or -1 and errno, ESRCH if there is no other.
 */
int subject_take_other_thread(struct subject *subject);

/* "ipc:[4026531839]" (namespaces(7)), which is cheaper to read than to follow. */
enum { SUBJECT_NAMESPACE = 32 };

/* Learn which IPC namespace is ours. Returns 0, or -1 as readlink(2). */
int subject_own_namespace(int proc, char name[static SUBJECT_NAMESPACE]);

/* Returns 1 if the subject is in this one, 0 if it is in another, or -1 as readlink(2). */
int subject_is_in(const struct subject *subject, const char *name);

/*
 * Whether another of its threads is in this one, of some thousand at most: each can leave
 * an IPC namespace on its own (unshare(2)), and keeps the memory. Returns 1, 0, or -1 and
 * errno, also if one of them does not tell.
 */
int subject_has_thread_in(const struct subject *subject, const char *name);

/*
 * Whether its user is the caller's, as which no other user can run a program of its own
 * choice. Returns 1, 0, or -1 as fstat(2).
 */
int subject_is_own(const struct subject *subject);

/*
 * stat(2) of the file behind one of its mappings. Returns 0, or -1 and errno: EPERM without
 * CAP_CHECKPOINT_RESTORE or CAP_SYS_ADMIN over the system; EACCES if it is another user's,
 * without CAP_DAC_READ_SEARCH; ENOENT if it is not mapped any more.
 */
int subject_stat(const struct subject *subject, const struct mapping *mapping,
		 struct stat *stat);

void subject_close(struct subject *subject);

#endif

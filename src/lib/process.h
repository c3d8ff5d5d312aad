/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What can be known of a process by its PID, in the caller's PID namespace. */
#ifndef SHMTOOL_PROCESS_H
#define SHMTOOL_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define PROCESS_STARTED_UNKNOWN INT64_MIN

/* proc_task_name() in the kernel's fs/proc/array.c prints at most 64 bytes. */
#define PROCESS_COMMAND 68

/* But the name of a program is cut to as many (TASK_COMM_LEN). */
#define PROCESS_NAME 15

struct moment;

struct process {
	pid_t pid;
	bool exists;	 /* some process has this PID and is not dead */
	int64_t started; /* seconds since the Epoch, or PROCESS_STARTED_UNKNOWN */
	char command[PROCESS_COMMAND]; /* its name for itself, raw; empty: unknown */
};

/* One line of /proc/PID/stat, as far as it is used. */
struct process_stat {
	char command[PROCESS_COMMAND];
	char state;
	uint64_t threads;     /* 0: the kernel could not tell, in the middle of an exec */
	uint64_t start_ticks; /* since boot, in units of sysconf(_SC_CLK_TCK) */
};

/*
 * Read the text of /proc/PID/stat (proc_pid_stat(5)). Pure. The command is whatever
 * the process says, brackets, spaces and newlines included. Returns 0, or -1 with
 * errno EBADMSG and nothing stored.
 */
int process_parse_stat(const char *text, struct process_stat *stat);

/* How many processes that do not answer are known by their PID (worker.h). */
enum { PROCESSES_SILENT = 4 };

/* What was found of processes during one run, so that each is looked up once. */
struct processes {
	int64_t boot, boot_nsec, now; /* as in struct moment */
	bool trust_proc;  /* /proc shows our PID namespace, not an outer one */
	bool trust_pidfd; /* pidfd_open(2) works, where sandboxes may forbid it */

	int64_t patience; /* ms, for all that is stuck in this run: see worker.h */
	pid_t silent[PROCESSES_SILENT]; /* those that do not answer; 0: no more */
	size_t unasked; /* out: how many others were not asked for details, and run */

	struct process *table; /* by a hash of the PID; NULL: nothing is known yet */
	size_t room, count;    /* of it; room is a power of 2 */
	struct process spare;  /* an answer where there is no memory to keep it */
};

/* Nothing is known yet. To be released. */
void processes_init(struct processes *processes, const struct moment *moment);

/*
 * Look a PID above 0 up, of a process that was alive at this time at the latest, in
 * seconds since the Epoch. The answer stays valid until another call. That it does not
 * exist is proven, never assumed: pidfd_open(2) or kill(2) says so, or all its threads
 * have ended and only its parent has not noticed (a zombie). A missing /proc/PID proves
 * nothing (hidepid), so then only the details are unknown. So are those of a process that
 * does not answer in time, which runs: the caller never waits for it any longer.
 *
 * That a PID is not in use is remembered for those who were alive before the moment of
 * processes_init(), and no others: it may have been given out since.
 */
const struct process *processes_find(struct processes *processes, pid_t pid,
				     int64_t alive);

/*
 * Look up, at once, those PIDs above 0 that are not known yet, for processes_find(): a child
 * reads their details, so one by one takes much longer. The list is used up.
 */
void processes_learn(struct processes *processes, pid_t *pids, size_t count);

/* Note that the process with this PID, above 0, does not answer. */
void processes_note_silent(struct processes *processes, pid_t pid);

/* Whether that has been noted. */
bool processes_is_silent(const struct processes *processes, pid_t pid);

/*
 * What /proc tells of the process whose /proc/PID is open as directory, without its
 * PID. No other process is taken for it, even if it has ended and its PID is in use.
 */
void processes_describe(const struct processes *processes, int directory,
			struct process *process);

/* Forget all that was found; the flags stay, so that others can go on with them. */
void processes_release(struct processes *processes);

#endif

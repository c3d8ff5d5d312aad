/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What can be known of a process by its PID, in the caller's PID namespace. */
#ifndef SHMTOOL_PROCESS_H
#define SHMTOOL_PROCESS_H

#include <stdbool.h>
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

enum { PROCESSES = 1024 };

/* What was found of processes during one run, so that no PID is looked up per segment. */
struct processes {
	int64_t boot, boot_nsec, now; /* as in struct moment */
	bool trust_proc;  /* /proc shows our PID namespace, not an outer one */
	bool trust_pidfd; /* pidfd_open(2) works, where sandboxes may forbid it */
	struct process slot[PROCESSES];
};

void processes_init(struct processes *processes, const struct moment *moment);

/*
 * Look a PID above 0 up, of a process that was alive at this time at the latest, in
 * seconds since the Epoch. The answer stays valid until another call. That it does not
 * exist is proven, never assumed: pidfd_open(2) or kill(2) says so, or all its threads
 * have ended and only its parent has not noticed (a zombie). A missing /proc/PID proves
 * nothing (hidepid), so then only the details are unknown.
 *
 * That a PID is not in use is remembered for those who were alive before the moment of
 * processes_init(), and no others: it may have been given out since.
 */
const struct process *processes_find(struct processes *processes, pid_t pid,
				     int64_t alive);

/*
 * What /proc tells of the process whose /proc/PID is open as directory, without its
 * PID. No other process is taken for it, even if it has ended and its PID is in use.
 */
void processes_describe(const struct processes *processes, int directory,
			struct process *process);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "moment.h"
#include "number.h"
#include "worker.h"

static int bad_message(void)
{
	errno = EBADMSG;
	return -1;
}

int process_parse_stat(const char *text, struct process_stat *stat)
{
	enum { STATE = 3, THREADS = 20, START = 22 };
	const char *left = strchr(text, '('), *right = strrchr(text, ')');
	struct process_stat found = {0};
	uint64_t *value;
	const char *p;

	if (!left || !right || right < left ||
	    right - left > (ptrdiff_t)sizeof(found.command) || right[1] != ' ' ||
	    right[2] < 'A' || right[2] > 'z')
		return bad_message();
	memcpy(found.command, left + 1, (size_t)(right - left - 1));
	found.state = right[2];

	p = right + 3;
	for (int field = STATE + 1; field <= START; field++) {
		if (*p++ != ' ')
			return bad_message();
		value = field == THREADS ? &found.threads
			: field == START ? &found.start_ticks
					 : NULL;
		if (!value)
			p += strcspn(p, " ");
		else if (number_digits(&p, 10, value))
			return bad_message();
	}
	*stat = found;
	return 0;
}

/* Read a small file of /proc whole, as a string; fewer than size bytes. */
static int read_text(int directory, const char *path, char *text, size_t size)
{
	int fd = openat(directory, path, O_RDONLY | O_CLOEXEC);
	ssize_t got;

	if (fd < 0)
		return -1;
	got = read(fd, text, size - 1);
	close(fd);
	if (got < 0)
		return -1;
	text[got] = '\0';
	return 0;
}

/*
 * Whether /proc belongs to our own PID namespace. After `unshare --pid` without a
 * new mount it does not, and /proc/7 is somebody else than PID 7. NSpid lists our
 * PIDs from the namespace of the mount inwards: ours, if there is but one.
 */
static bool proc_is_ours(void)
{
	FILE *file = fopen("/proc/self/status", "re");
	char *line = NULL;
	size_t room = 0;
	int outer, inner, pids = 0;
	struct statfs fs;

	if (!file)
		return false;
	/* What somebody else has written there proves nothing. */
	if (fstatfs(fileno(file), &fs) || fs.f_type != PROC_SUPER_MAGIC)
		pids = -1;
	while (!pids && getline(&line, &room, file) > 0)
		if (strncmp(line, "NSpid:", 6) == 0)
			pids = sscanf(line, "NSpid: %d %d", &outer, &inner);
	free(line);
	fclose(file);
	return pids == 1;
}

static int open_pidfd(pid_t pid)
{
	return (int)syscall(SYS_pidfd_open, (long)pid, 0L);
}

static bool pidfd_works(void)
{
	int fd = open_pidfd(getpid());

	if (fd < 0)
		return false;
	close(fd);
	return true;
}

/*
 * Whether the process has ended, all of it. State Z would not do: the first thread
 * of a living process can be a zombie, after pthread_exit(3) in main().
 */
static bool pidfd_has_ended(int fd)
{
	struct pollfd end = {.fd = fd, .events = POLLIN};

	return poll(&end, 1, 0) == 1 && (end.revents & POLLIN);
}

static bool is_running(pid_t pid, bool trust_pidfd)
{
	int fd = trust_pidfd ? open_pidfd(pid) : -1;
	bool ended;

	if (fd >= 0) {
		ended = pidfd_has_ended(fd);
		close(fd);
		return !ended;
	}
	/*
	 * The PID of a process is not given out again while one of its threads lives.
	 * So if it is now one thread of another process (EINVAL, on newer kernels
	 * ENOENT), the process that we ask for is gone.
	 */
	if (trust_pidfd && (errno == ESRCH || errno == EINVAL || errno == ENOENT))
		return false;
	return kill(pid, 0) == 0 || errno != ESRCH;
}

/*
 * When a process started: rounded down, and by two ticks more, for the kernel reads
 * one clock for this and a coarser one for the stamps of segments.
 */
static int64_t start_time(const struct processes *processes, uint64_t ticks)
{
	const uint64_t hz = (uint64_t)sysconf(_SC_CLK_TCK), second = 1000000000;
	const int64_t tick = (int64_t)(second / hz);
	int64_t nsec = processes->boot_nsec + (int64_t)(ticks % hz) * tick - 2 * tick;
	int64_t seconds = processes->boot + (int64_t)(ticks / hz);

	if (nsec < 0)
		seconds--;
	else if (nsec >= (int64_t)second)
		seconds++;
	/* In a time namespace that began after it, the kernel's subtraction wraps. */
	return seconds > processes->now ? PROCESS_STARTED_UNKNOWN : seconds;
}

/* Fill in what the stat file, at path from directory, tells of a process that exists. */
static void read_details(const struct processes *processes, int directory,
			 const char *path, struct process *process)
{
	char text[1024];
	struct process_stat stat;

	if (read_text(directory, path, text, sizeof(text)) ||
	    process_parse_stat(text, &stat))
		return;
	/* Without a pidfd this is all that tells a zombie; see pidfd_has_ended(). */
	if (!processes->trust_pidfd && (stat.state == 'Z' || stat.state == 'X') &&
	    stat.threads == 1)
		process->exists = false;
	process->started = start_time(processes, stat.start_ticks);
	memcpy(process->command, stat.command, sizeof(process->command));
}

void processes_init(struct processes *processes, const struct moment *moment)
{
	*processes = (struct processes){
		.boot = moment->boot,
		.boot_nsec = moment->boot_nsec,
		.now = moment->now,
		.trust_proc = proc_is_ours(),
		.trust_pidfd = pidfd_works(),
		.patience = WORKER_ALL,
	};
}

/* The place of a PID in a table that has an empty one, its own or the one to be its own. */
static struct process *place_of(struct process *table, size_t room, pid_t pid)
{
	/* Fibonacci hashing: no bits of a PID, which others can choose, decide alone. */
	size_t i = (size_t)((uint64_t)pid * UINT64_C(0x9e3779b97f4a7c15) >> 32) &
		   (room - 1);

	while (table[i].pid && table[i].pid != pid)
		i = (i + 1) & (room - 1);
	return &table[i];
}

/* Have room for one more, with half of the table empty. Returns 0, or -1 and errno. */
static int make_room(struct processes *processes)
{
	const size_t room = processes->room ? 2 * processes->room : 64;
	struct process *table;

	if (2 * processes->count < processes->room)
		return 0;
	table = calloc(room, sizeof(table[0]));
	if (!table)
		return -1;
	for (size_t i = 0; i < processes->room; i++)
		if (processes->table[i].pid)
			*place_of(table, room,
				  processes->table[i].pid) = processes->table[i];
	free(processes->table);
	processes->table = table;
	processes->room = room;
	return 0;
}

/* What is known of a PID; or NULL. */
static struct process *find_known(const struct processes *processes, pid_t pid)
{
	struct process *process = processes->room ? place_of(processes->table,
							     processes->room, pid)
						  : NULL;

	return process && process->pid ? process : NULL;
}

/* Keep what was found of a process. */
static void keep(struct processes *processes, const struct process *found)
{
	struct process *process = find_known(processes, found->pid);

	if (!process && make_room(processes) == 0) {
		process = place_of(processes->table, processes->room, found->pid);
		processes->count++;
	}
	if (!process)
		process = &processes->spare;
	*process = *found;
}

bool processes_is_silent(const struct processes *processes, pid_t pid)
{
	for (size_t i = 0; i < PROCESSES_SILENT; i++)
		if (processes->silent[i] == pid)
			return true;
	return false;
}

void processes_note_silent(struct processes *processes, pid_t pid)
{
	for (size_t i = 0; i < PROCESSES_SILENT; i++) {
		if (processes->silent[i] && processes->silent[i] != pid)
			continue;
		processes->silent[i] = pid;
		return;
	}
}

/* What one child is asked for: processes that exist, in memory that it shares with us. */
struct question {
	const struct processes *processes;
	struct process *list;
};

static int read_one(void *context, size_t i)
{
	const struct question *question = context;
	char path[32];

	snprintf(path, sizeof(path), "/proc/%d/stat", question->list[i].pid);
	read_details(question->processes, AT_FDCWD, path, &question->list[i]);
	return WORKER_DONE;
}

/* Learn the details of processes that exist, as far as they answer. */
static void ask(struct processes *processes, struct process *list, size_t count)
{
	struct question question = {processes, list};
	struct worker worker = {.count = count,
				.step = read_one,
				.context = &question,
				.patience = &processes->patience};

	while (worker.next < count) {
		if (worker_run(&worker)) {
			processes->unasked += count - worker.next;
			return;
		}
		if (worker.end == WORKER_STUCK)
			processes_note_silent(processes, list[worker.next++].pid);
	}
}

/* Keep the bare life of each, and have those that can be asked for more first in the list. */
static size_t sort_out(struct processes *processes, pid_t *pids, size_t count, bool anew)
{
	size_t running = 0;

	for (size_t i = 0; i < count; i++) {
		struct process found = {.pid = pids[i],
					.started = PROCESS_STARTED_UNKNOWN};

		if (!anew && find_known(processes, pids[i]))
			continue;
		found.exists = is_running(pids[i], processes->trust_pidfd);
		if (found.exists && processes->trust_proc &&
		    !processes_is_silent(processes, found.pid))
			pids[running++] = found.pid;
		keep(processes, &found);
	}
	return running;
}

/* As processes_learn(); anew: even those that are known. */
static void learn(struct processes *processes, pid_t *pids, size_t count, bool anew)
{
	const size_t running = sort_out(processes, pids, count, anew);
	struct process *list;

	if (running == 0)
		return;
	list = worker_share(running * sizeof(list[0]));
	if (!list) {
		processes->unasked += running;
		return;
	}
	for (size_t i = 0; i < running; i++)
		list[i] = (struct process){.pid = pids[i],
					   .exists = true,
					   .started = PROCESS_STARTED_UNKNOWN};
	ask(processes, list, running);
	for (size_t i = 0; i < running; i++)
		keep(processes, &list[i]);
	worker_unshare(list, running * sizeof(list[0]));
}

void processes_learn(struct processes *processes, pid_t *pids, size_t count)
{
	learn(processes, pids, count, false);
}

const struct process *processes_find(struct processes *processes, pid_t pid,
				     int64_t alive)
{
	struct process *known = find_known(processes, pid);

	/* The clock of stamps is a tick late, and so can be a whole second behind. */
	if (known && (known->exists || alive < processes->now - 1))
		return known;
	if (known && !is_running(pid, processes->trust_pidfd))
		return known;
	learn(processes, &pid, 1, true);
	known = find_known(processes, pid);
	return known ? known : &processes->spare;
}

void processes_describe(const struct processes *processes, int directory,
			struct process *process)
{
	*process = (struct process){.exists = true, .started = PROCESS_STARTED_UNKNOWN};
	read_details(processes, directory, "stat", process);
}

void processes_release(struct processes *processes)
{
	free(processes->table);
	processes->table = NULL;
	processes->room = processes->count = 0;
}

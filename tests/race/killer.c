/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whatever the moment at which `gc --yes` is killed with -9, no segment stays closed.
 *
 * The fence takes all permissions from the segments that it removes. Should its owner
 * die meanwhile, a guardian puts them back. Here the owner dies by the hundred:
 *
 *   killer KILLS COMMAND [ARGUMENT]...
 *
 * makes a few hundred orphans of various modes, owners and groups, starts COMMAND, which
 * is to remove them all, and kills it, until KILLS of the kills have fallen inside a
 * fence: some segment was at mode 0. To see that, and not to guess it, COMMAND is stopped
 * first, looked at, and killed where it stands. Every other time its whole process group
 * is, as a shell or timeout(1) would do it. Some of the kills come at any other moment.
 *
 * After each kill the guardian must let go of the lock of the namespace within seconds,
 * and leave each segment that COMMAND had not removed as it was made, and unmarked.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ORPHANS = 600, PATIENCE = 30, COMPLAINTS = 3 };
enum { USER = 60001, KEY = 0x6b110000 };
enum { ANY_MOMENT = 3 }; /* the last of the aims */

struct orphan {
	int id; /* or -1 */
	struct ipc_perm made;
	bool closed; /* when COMMAND was killed */
};

/* What to wait for before the kill, and for how much longer. */
struct aim {
	const char *name;
	bool (*reached)(int id); /* NULL: do not wait */
	unsigned int longest;	 /* microseconds */
	unsigned int span;	 /* of them, so many seem to be worth while */
	unsigned int kills, inside, restored;
};

static bool look(int id, struct shmid_ds *ds)
{
	if (shmctl(id, IPC_STAT, ds) == 0)
		return true;
	if (errno != EINVAL && errno != EIDRM)
		err(1, "segment %d", id);
	return false;
}

static bool is_closed(int id)
{
	struct shmid_ds ds;

	return look(id, &ds) && (ds.shm_perm.mode & 0777) == 0;
}

static bool is_gone(int id)
{
	struct shmid_ds ds;

	return !look(id, &ds);
}

/* Give it away to one of several users, where there are any but root. */
static void give_away(int id, unsigned int i)
{
	struct shmid_ds ds;

	if (!look(id, &ds))
		errx(1, "segment %d, just made, is gone", id);
	ds.shm_perm.uid = USER + i % 5;
	ds.shm_perm.gid = USER + i % 3;
	if (shmctl(id, IPC_SET, &ds) && errno != EINVAL)
		err(1, "IPC_SET");
}

static void make_orphan(struct orphan *orphan, unsigned int i)
{
	static const int modes[] = {0600, 0640, 0666, 0444, 0220, 0777, 0001};
	key_t key = i % 4 ? IPC_PRIVATE : (key_t)(KEY + i);
	struct shmid_ds ds;

	orphan->id = shmget(key, 4096, IPC_CREAT | IPC_EXCL | modes[i % 7]);
	if (orphan->id < 0)
		err(1, "shmget");
	give_away(orphan->id, i);
	look(orphan->id, &ds);
	orphan->made = ds.shm_perm;
}

static int wait_for(pid_t pid, int what)
{
	siginfo_t info;

	if (waitid(P_PID, (id_t)pid, &info, what))
		err(1, "waitid");
	return info.si_code;
}

/* By a child, for the creator of an orphan is gone. */
static void make_orphans(struct orphan *orphans)
{
	pid_t pid = fork();

	if (pid < 0)
		err(1, "fork");
	if (pid == 0) {
		for (unsigned int i = 0; i < ORPHANS; i++)
			if (orphans[i].id < 0)
				make_orphan(&orphans[i], i);
		_exit(0);
	}
	if (wait_for(pid, WEXITED) != CLD_EXITED || orphans[ORPHANS - 1].id < 0)
		errx(1, "there are not %d orphans", ORPHANS);
}

/* The one that is looked at first, by who takes the slots of the kernel in their order. */
static int first_of(const struct orphan *orphans)
{
	enum { SLOTS = 32768 };
	int first = orphans[0].id;

	for (unsigned int i = 1; i < ORPHANS; i++)
		if (orphans[i].id % SLOTS < first % SLOTS)
			first = orphans[i].id;
	return first;
}

static pid_t start_command(char *command[])
{
	pid_t pid = fork();

	if (pid < 0)
		err(1, "fork");
	if (pid == 0) {
		setpgid(0, 0);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (!freopen("/dev/null", "w", stdout))
			err(127, "/dev/null");
		execvp(*command, command);
		err(127, "%s", *command);
	}
	setpgid(pid, pid);
	return pid;
}

static bool has_ended(pid_t pid)
{
	siginfo_t info = {0};

	return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) ||
	       info.si_pid == pid;
}

/* Stop it at the moment that is aimed at. Returns whether it had not ended before. */
static bool stop(pid_t pid, pid_t target, const struct aim *aim, unsigned int delay,
		 int id)
{
	while (aim->reached && !aim->reached(id) && !has_ended(pid))
		;
	if (delay)
		usleep(delay);
	kill(target, SIGSTOP);
	return wait_for(pid, WSTOPPED | WEXITED | WNOWAIT) == CLD_STOPPED;
}

static unsigned int count_closed(struct orphan *orphans)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < ORPHANS; i++) {
		orphans[i].closed = is_closed(orphans[i].id);
		count += orphans[i].closed;
	}
	return count;
}

/* The guardian has the lock from its owner, until it has done its work. */
static void wait_for_guardian(void)
{
	int lock = open("/proc/self/ns/ipc", O_RDONLY | O_CLOEXEC);

	if (lock < 0)
		err(1, "/proc/self/ns/ipc");
	for (int i = 0; flock(lock, LOCK_SH | LOCK_NB); i++) {
		if (errno != EWOULDBLOCK || i == PATIENCE * 1000)
			err(1, "the lock of the namespace, %d s after the kill",
			    PATIENCE);
		usleep(1000);
	}
	close(lock);
}

/* What is wrong with a segment that is left, or NULL. */
static const char *fault_of(const struct ipc_perm *made, const struct ipc_perm *now)
{
	if (now->mode & SHM_DEST)
		return "is marked for destruction";
	if ((now->mode & 0777) == 0)
		return "is still closed";
	if (now->mode != made->mode)
		return "has another mode";
	if (now->uid != made->uid || now->gid != made->gid)
		return "has another owner or group";
	return NULL;
}

/* Returns how many are wrong; of those that had been closed, *restored are as they were. */
static unsigned int inspect(struct orphan *orphans, unsigned int *restored)
{
	unsigned int wrong = 0;
	struct shmid_ds ds;
	const char *fault;

	for (struct orphan *o = orphans; o < orphans + ORPHANS; o++) {
		if (!look(o->id, &ds)) {
			o->id = -1;
			continue;
		}
		fault = fault_of(&o->made, &ds.shm_perm);
		if (!fault) {
			*restored += o->closed;
			continue;
		}
		if (wrong++ < COMPLAINTS)
			warnx("segment %d, made with mode %03o, %s", o->id, o->made.mode,
			      fault);
		shmctl(o->id, IPC_RMID, NULL); /* not to be counted again */
		o->id = -1;
	}
	return wrong;
}

/* Kills that come too late teach to aim earlier, and the others to try later ones too. */
static void learn(struct aim *aim, bool inside)
{
	aim->kills++;
	aim->inside += inside;
	if (!aim->reached)
		return;
	aim->span = inside ? aim->span + aim->span / 16 + 1 : aim->span - aim->span / 4;
	if (aim->span > aim->longest)
		aim->span = aim->longest;
}

/* One kill, number n. Returns how many segments are wrong after it. */
static unsigned int kill_once(struct orphan *orphans, struct aim *aim, unsigned int n,
			      char *command[])
{
	unsigned int delay = aim->span * (n % 20) / 20, closed = 0;
	pid_t pid, target;

	alarm(4 * PATIENCE); /* rather than hang with a command that hangs */
	make_orphans(orphans);
	pid = start_command(command);
	target = n % 2 ? -pid : pid;
	if (stop(pid, target, aim, delay, first_of(orphans)))
		closed = count_closed(orphans);
	kill(target, SIGKILL);
	wait_for(pid, WEXITED);
	learn(aim, closed > 0);
	wait_for_guardian();
	return inspect(orphans, &aim->restored);
}

/* Left alone, it removes all: those, too, that have been closed and opened again. */
static unsigned int run_to_the_end(struct orphan *orphans, char *command[])
{
	unsigned int left = 0;
	int status;
	pid_t pid;

	make_orphans(orphans);
	pid = start_command(command);
	waitpid(pid, &status, 0);
	for (unsigned int i = 0; i < ORPHANS; i++)
		left += !is_gone(orphans[i].id);
	if (status || left)
		warnx("left alone, %s ended with status %d and left %u segments",
		      *command, status, left);
	return left + !!status;
}

static struct orphan *room_for_orphans(void)
{
	struct orphan *orphans = mmap(NULL, ORPHANS * sizeof(*orphans),
				      PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
				      -1, 0);

	if (orphans == MAP_FAILED)
		err(1, "mmap");
	for (unsigned int i = 0; i < ORPHANS; i++)
		orphans[i].id = -1;
	return orphans;
}

/* Kill it until so many kills have fallen inside a fence. Returns what went wrong. */
static unsigned int kill_often(struct aim *aims, unsigned int wanted, char *command[])
{
	struct orphan *orphans = room_for_orphans();
	unsigned int wrong = 0, inside = 0;

	for (unsigned int i = 0; i <= ANY_MOMENT; i++)
		aims[i].span = aims[i].longest;
	for (unsigned int n = 0; inside < wanted && n < 10 * wanted; n++) {
		struct aim *aim = &aims[n % 7 ? n % ANY_MOMENT : ANY_MOMENT];
		unsigned int before = aim->inside;

		wrong += kill_once(orphans, aim, n, command);
		inside += aim->inside - before;
	}
	return wrong + run_to_the_end(orphans, command);
}

static void print_line(const struct aim *aim)
{
	printf("%-30s %5u %12u %19u\n", aim->name, aim->kills, aim->inside,
	       aim->restored);
}

int main(int argc, char *argv[])
{
	struct aim aims[] = {
		{.name = "while it closes segments",
		 .reached = is_closed,
		 .longest = 300},
		{.name = "while it waits", .reached = is_closed, .longest = 20000},
		{.name = "while it removes", .reached = is_gone, .longest = 2000},
		[ANY_MOMENT] = {.name = "at any moment", .longest = 30000},
	};
	struct aim all = {.name = "all"};
	unsigned int wanted, wrong;

	if (argc < 3)
		errx(2, "usage: killer KILLS COMMAND [ARGUMENT]...");
	wanted = (unsigned int)atoi(argv[1]);
	wrong = kill_often(aims, wanted, argv + 2);

	printf("%-30s %5s %12s %19s\n", "kills", "", "in the fence", "segments restored");
	for (unsigned int i = 0; i <= ANY_MOMENT; i++) {
		print_line(&aims[i]);
		all.kills += aims[i].kills;
		all.inside += aims[i].inside;
		all.restored += aims[i].restored;
	}
	print_line(&all);
	printf("%u segments left closed, changed or marked\n", wrong);
	if (all.inside < wanted)
		warnx("%u kills in the fence are wanted", wanted);
	return wrong || all.inside < wanted || !all.restored;
}

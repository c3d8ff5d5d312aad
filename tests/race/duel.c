/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An application and a remover, against each other: what tests/race/race judges.
 *
 * The application is two processes that start at the same moment, or within a
 * millisecond, and find their segment by its key, as programs do: shmget() with
 * IPC_CREAT, then shmat(), and again from the start when that is refused. Once both are
 * attached they must be on one segment. Then they end, so that the segment is an orphan,
 * and after a moment without anybody the next two start. Meanwhile the remover, any
 * command, runs over and over.
 *
 *   duel seconds=N key=KEY log=FILE [preload=FILE] [privileged] -- COMMAND...
 *
 * What COMMAND says goes to FILE; stdout tells what happened to the application:
 *
 *   round ID ID N  its processes attached these; they had been refused N times
 *   marked ID      this was marked for destruction while they had it attached
 *   gone ID        this was not, when last seen before they ended; then it was gone
 *
 * After a mark the processes stay until COMMAND has ended, so that it can name them. It
 * must report every "marked"; of a "gone", nobody but the kernel knows whether the mark
 * or the end came first. The processes have no privilege, but for `privileged`: then they
 * keep CAP_IPC_OWNER, with which one may attach whatever the permissions are.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PARTNERS = 2, SIZE = 4096, MODE = 0600, PATIENCE = 60 };
enum { ORDINARY_USER = 60001 };

/* One of the processes of the application. */
struct partner {
	pid_t pid;
	unsigned int late;    /* microseconds after the start */
	unsigned int refused; /* so many times */
	int id;		      /* of the segment that it has attached at last */
};

/* What all processes share. */
struct stage {
	pthread_barrier_t start;
	sem_t attached, leave;
	struct partner partner[PARTNERS];
	pid_t remover;
	atomic_uint runs; /* of its command, that have ended */
	atomic_bool over;
};

struct settings {
	unsigned int seconds;
	key_t key;
	bool privileged;
	unsigned int pace; /* microseconds, the most from an end to the next start */
	int log;
	const char *preload; /* into the command, or NULL */
	char **command;
};

static unsigned int up_to(unsigned int microseconds)
{
	return (unsigned int)random() % (microseconds + 1);
}

/* In a child: from now on it may do no more than an ordinary user. */
static void drop_privileges(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0}};

	/* Root of a user namespace can be nobody else, but can be without power. */
	if (setresgid(ORDINARY_USER, ORDINARY_USER, ORDINARY_USER) == 0 &&
	    setresuid(ORDINARY_USER, ORDINARY_USER, ORDINARY_USER))
		err(1, "setresuid");
	if (syscall(SYS_capset, &header, none))
		err(1, "capset");
}

/* A child that does not outlive its parent. Returns its PID, or 0 in the child. */
static pid_t start_child(bool privileged)
{
	pid_t pid = fork();

	if (pid < 0)
		err(1, "fork");
	if (pid == 0) {
		if (!privileged)
			drop_privileges();
		/* Changing the user takes this back, so it comes last. */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	}
	return pid;
}

/* What a program can be told while its segment is removed. Anything else is a bug. */
static void expect_refusal(const char *call)
{
	if (errno != EACCES && errno != EINVAL && errno != EIDRM)
		err(1, "%s", call);
}

/* What every program does that shares memory by a key. */
static void find_and_attach(struct partner *self, key_t key)
{
	for (;; self->refused++) {
		self->id = shmget(key, SIZE, IPC_CREAT | MODE);
		if (self->id < 0)
			expect_refusal("shmget");
		else if (shmat(self->id, NULL, 0) != (void *)-1)
			return;
		else
			expect_refusal("shmat");
		usleep(50);
	}
}

/* The life of a process of the application. It ends without shmdt(), as many do. */
static void take_part(struct stage *stage, struct partner *self, key_t key)
{
	pthread_barrier_wait(&stage->start);
	if (self->late)
		usleep(self->late);
	find_and_attach(self, key);
	sem_post(&stage->attached);
	sem_wait(&stage->leave);
	_exit(0);
}

static void wait_until_attached(struct stage *stage)
{
	struct timespec limit;

	clock_gettime(CLOCK_REALTIME, &limit);
	limit.tv_sec += PATIENCE;
	for (int i = 0; i < PARTNERS; i++)
		if (sem_timedwait(&stage->attached, &limit))
			err(1, "the application could not start for %d seconds",
			    PATIENCE);
}

static void start_application(struct stage *stage, const struct settings *settings)
{
	for (int i = 0; i < PARTNERS; i++) {
		struct partner *partner = &stage->partner[i];
		pid_t pid;

		*partner = (struct partner){.late = up_to(1) ? up_to(1000) : 0};
		pid = start_child(settings->privileged);
		if (pid == 0)
			take_part(stage, partner, settings->key);
		partner->pid = pid;
	}
	wait_until_attached(stage);
}

static void end_application(struct stage *stage)
{
	for (int i = 0; i < PARTNERS; i++)
		sem_post(&stage->leave);
	for (int i = 0; i < PARTNERS; i++)
		waitpid(stage->partner[i].pid, NULL, 0);
}

static bool is_marked(int id)
{
	struct shmid_ds ds;

	if (shmctl(id, IPC_STAT, &ds))
		err(1, "segment %d, though attached", id);
	return ds.shm_perm.mode & SHM_DEST;
}

static bool is_gone(int id)
{
	struct shmid_ds ds;

	return shmctl(id, IPC_STAT, &ds) && (errno == EINVAL || errno == EIDRM);
}

static bool has_ended(pid_t pid)
{
	siginfo_t info = {0};

	return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) ||
	       info.si_pid;
}

/* Until what the remover is doing now is done. */
static void wait_for_remover(struct stage *stage)
{
	unsigned int runs = atomic_load(&stage->runs);

	while (atomic_load(&stage->runs) == runs && !has_ended(stage->remover))
		usleep(100);
}

static void play_round(struct stage *stage, const struct settings *settings)
{
	const struct partner *a = &stage->partner[0], *b = &stage->partner[1];
	bool marked[PARTNERS];

	start_application(stage, settings);
	printf("round %d %d %u\n", a->id, b->id, a->refused + b->refused);
	usleep(up_to(settings->pace / 2));
	for (int i = 0; i < PARTNERS; i++) {
		marked[i] = is_marked(stage->partner[i].id);
		if (marked[i])
			printf("marked %d\n", stage->partner[i].id);
	}
	if (marked[0] || marked[1])
		wait_for_remover(stage);
	end_application(stage);
	for (int i = 0; i < PARTNERS; i++)
		if (!marked[i] && is_gone(stage->partner[i].id))
			printf("gone %d\n", stage->partner[i].id);
}

/* One run of the command. Returns whether it did its work, be that to refuse. */
static bool run_remover(const struct settings *settings)
{
	int status;
	pid_t pid = fork();

	if (pid < 0)
		err(1, "fork");
	if (pid == 0) {
		if (dup2(settings->log, STDOUT_FILENO) < 0 ||
		    dup2(settings->log, STDERR_FILENO) < 0)
			err(127, "dup2");
		if (settings->preload)
			setenv("LD_PRELOAD", settings->preload, 1);
		execvp(*settings->command, settings->command);
		err(127, "%s", *settings->command);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) && WEXITSTATUS(status) <= 1;
}

static void start_remover(struct stage *stage, const struct settings *settings)
{
	bool works = true;
	pid_t pid = start_child(true);

	if (pid) {
		stage->remover = pid;
		return;
	}
	while (works && !atomic_load(&stage->over)) {
		works = run_remover(settings);
		atomic_fetch_add(&stage->runs, 1);
	}
	_exit(works ? 0 : 1);
}

/* Returns whether each of its runs has worked. */
static bool end_remover(struct stage *stage)
{
	int status;

	atomic_store(&stage->over, true);
	waitpid(stage->remover, &status, 0);
	return status == 0;
}

static struct stage *build_stage(void)
{
	struct stage *stage = mmap(NULL, sizeof(*stage), PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pthread_barrierattr_t shared;

	if (stage == MAP_FAILED)
		err(1, "mmap");
	if (pthread_barrierattr_init(&shared) ||
	    pthread_barrierattr_setpshared(&shared, PTHREAD_PROCESS_SHARED) ||
	    pthread_barrier_init(&stage->start, &shared, PARTNERS) ||
	    sem_init(&stage->attached, 1, 0) || sem_init(&stage->leave, 1, 0))
		errx(1, "no barrier or semaphore");
	return stage;
}

static int64_t milliseconds(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * INT64_C(1000) + time.tv_nsec / 1000000;
}

static bool fight(const struct settings *settings)
{
	struct stage *stage = build_stage();
	int64_t end = milliseconds() + settings->seconds * INT64_C(1000);

	start_remover(stage, settings);
	while (milliseconds() < end && !has_ended(stage->remover)) {
		alarm(2 * PATIENCE); /* rather than hang with a remover that hangs */
		play_round(stage, settings);
		usleep(up_to(settings->pace));
	}
	return end_remover(stage);
}

static const char *value_of(const char *text, const char *word)
{
	size_t length = strlen(word);

	return strncmp(text, word, length) == 0 ? text + length : NULL;
}

/*
 * A fence takes some 10 ms. Who is refused waits for its end; the privileged are not, and
 * nothing would ever be removed if they gave it no more time than that.
 */
static void set_privileged(struct settings *settings)
{
	settings->privileged = true;
	settings->pace = 30000;
}

static void set(struct settings *settings, const char *word)
{
	const char *value;

	if ((value = value_of(word, "seconds=")))
		settings->seconds = (unsigned int)atoi(value);
	else if ((value = value_of(word, "key=")))
		settings->key = (key_t)strtoul(value, NULL, 0);
	else if ((value = value_of(word, "log=")))
		settings->log = open(value, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
				     0666);
	else if ((value = value_of(word, "preload=")))
		settings->preload = value;
	else if (strcmp(word, "privileged") == 0)
		set_privileged(settings);
	else
		errx(1, "cannot %s", word);
}

int main(int argc, char *argv[])
{
	struct settings settings = {.pace = 2000, .log = -1};
	char **word = argv + !!argc;

	for (; *word && strcmp(*word, "--") != 0; word++)
		set(&settings, *word);
	if (settings.log < 0 || !settings.key || !*word || !word[1])
		errx(1, "usage: duel seconds=N key=KEY log=FILE -- COMMAND...");
	settings.command = word + 1;
	setvbuf(stdout, NULL, _IOLBF, 0); /* nothing in it that a child would repeat */
	return fight(&settings) ? 0 : 1;
}

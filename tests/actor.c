/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An application that uses shared memory, for the tests and the demo: it does what
 * its arguments say, in that order.
 *
 *   user=UID    become this user and group (root)   size=BYTES, key=KEY, mode=OCTAL
 *   create      shmget() with these; prints the id  use=ID  take this one instead
 *   attach      once more                           detach  all attaches
 *   noreserve   create so from now on (SHM_NORESERVE); huge: so (SHM_HUGETLB)
 *   touch       write a byte into every page        mark    IPC_RMID
 *   poke=OFFSET write the byte 'p' there            put=TEXT  write it, and then zeros
 *   lock        SHM_LOCK                            owner=UID, group=GID  IPC_SET
 *   chmod       IPC_SET, with the mode
 *   split       mprotect() the second page
 *   name=TEXT   be called so (PR_SET_NAME)
 *   zombie      fork: the child goes on; when it has ended, the parent stays as in
 *               hold, without asking for that end
 *   thread      let the first thread end, go on in a second
 *   leave       let the first thread go to another IPC namespace, and a second one stay; in
 *               a user namespace of its own if it is not root's
 *   hold        print "ready" and stay, until killed or until the parent process ends
 */
#include <err.h>
#include <grp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ATTACHES = 16 };

struct stage {
	key_t key;
	size_t size;
	int mode, flags, id, attaches;
	char *at[ATTACHES];
	char **next;
};

static void *play(void *argument);

static void become(uid_t uid)
{
	if (setgroups(0, NULL) || setresgid(uid, uid, uid) || setresuid(uid, uid, uid))
		err(1, "become user %u", uid);
}

/* Change the owner, the group or the mode of the segment; -1: leave that as it is. */
static void change(int id, uid_t uid, gid_t gid, int mode)
{
	struct shmid_ds ds;

	if (shmctl(id, IPC_STAT, &ds))
		err(1, "IPC_STAT");
	if (uid != (uid_t)-1)
		ds.shm_perm.uid = uid;
	if (gid != (gid_t)-1)
		ds.shm_perm.gid = gid;
	if (mode != -1)
		ds.shm_perm.mode = (mode_t)mode;
	if (shmctl(id, IPC_SET, &ds))
		err(1, "IPC_SET");
}

static void hold(void)
{
	/* Changing the user takes this back, so it comes last. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	puts("ready");
	fflush(stdout);
	for (;;)
		pause();
}

static void go_on_in_child(void)
{
	pid_t pid = fork();

	if (pid < 0)
		err(1, "fork");
	if (pid == 0)
		return;
	waitid(P_PID, (id_t)pid, &(siginfo_t){0}, WEXITED | WNOWAIT);
	hold();
}

static void go_on_in_thread(struct stage *stage)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, play, stage))
		errx(1, "pthread_create");
	pthread_exit(NULL);
}

static void *stay_behind(void *unused)
{
	for (;;)
		pause();
	return unused;
}

static void leave(void)
{
	pthread_t thread;

	if (geteuid() && unshare(CLONE_NEWUSER))
		err(1, "unshare");
	if (pthread_create(&thread, NULL, stay_behind, NULL))
		errx(1, "pthread_create");
	if (unshare(CLONE_NEWIPC))
		err(1, "unshare");
}

/* word=value: the value, or NULL if text is no such thing. */
static const char *value_of(const char *text, const char *word)
{
	size_t length = strlen(word);

	return strncmp(text, word, length) == 0 && text[length] == '=' ? text + length + 1
								       : NULL;
}

/* What has been attached last. */
static char *last(const struct stage *stage)
{
	if (stage->attaches == 0)
		errx(1, "nothing is attached");
	return stage->at[stage->attaches - 1];
}

/* Words with a value. Returns 0 if it is none of them. */
static int set(struct stage *stage, const char *word)
{
	const char *value;

	if ((value = value_of(word, "user")))
		become((uid_t)atoi(value));
	else if ((value = value_of(word, "size")))
		stage->size = strtoull(value, NULL, 0);
	else if ((value = value_of(word, "key")))
		stage->key = (key_t)strtoul(value, NULL, 0);
	else if ((value = value_of(word, "mode")))
		stage->mode = (int)strtol(value, NULL, 8);
	else if ((value = value_of(word, "use")))
		stage->id = atoi(value);
	else if ((value = value_of(word, "owner")))
		change(stage->id, (uid_t)atoi(value), (gid_t)-1, -1);
	else if ((value = value_of(word, "group")))
		change(stage->id, (uid_t)-1, (gid_t)atoi(value), -1);
	else if ((value = value_of(word, "poke")))
		last(stage)[strtoull(value, NULL, 0)] = 'p';
	else if ((value = value_of(word, "put")))
		strncpy(last(stage), value, stage->size);
	else if ((value = value_of(word, "name")))
		prctl(PR_SET_NAME, value);
	else
		return 0;
	return 1;
}

static void create(struct stage *stage)
{
	stage->id = shmget(stage->key, stage->size,
			   IPC_CREAT | IPC_EXCL | stage->flags | stage->mode);
	if (stage->id < 0)
		err(1, "shmget");
	printf("%d\n", stage->id);
	fflush(stdout);
}

static void attach(struct stage *stage)
{
	char *at = shmat(stage->id, NULL, 0);

	if (at == (void *)-1 || stage->attaches == ATTACHES)
		err(1, "shmat");
	stage->at[stage->attaches++] = at;
}

/* One mapping becomes three. */
static void split(char *at)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	if (mprotect(at + page, page, PROT_READ))
		err(1, "mprotect");
}

static void act(struct stage *stage, const char *word)
{
	if (strcmp(word, "create") == 0)
		create(stage);
	else if (strcmp(word, "attach") == 0)
		attach(stage);
	else if (strcmp(word, "detach") == 0)
		while (stage->attaches)
			shmdt(stage->at[--stage->attaches]);
	else if (strcmp(word, "touch") == 0)
		memset(last(stage), 'x', stage->size);
	else if (strcmp(word, "noreserve") == 0)
		stage->flags |= SHM_NORESERVE;
	else if (strcmp(word, "huge") == 0)
		stage->flags |= SHM_HUGETLB;
	else if (strcmp(word, "split") == 0)
		split(last(stage));
	else if (strcmp(word, "mark") == 0)
		shmctl(stage->id, IPC_RMID, NULL);
	else if (strcmp(word, "chmod") == 0)
		change(stage->id, (uid_t)-1, (gid_t)-1, stage->mode);
	else if (strcmp(word, "lock") == 0)
		shmctl(stage->id, SHM_LOCK, NULL);
	else if (strcmp(word, "zombie") == 0)
		go_on_in_child();
	else if (strcmp(word, "hold") == 0)
		hold();
	else if (strcmp(word, "thread") == 0)
		go_on_in_thread(stage);
	else if (strcmp(word, "leave") == 0)
		leave();
	else
		errx(1, "cannot %s", word);
}

static void *play(void *argument)
{
	struct stage *stage = argument;

	while (*stage->next) {
		const char *word = *stage->next++;

		if (!set(stage, word))
			act(stage, word);
	}
	exit(0);
}

int main(int argc, char *argv[])
{
	static struct stage stage; /* the first thread may end before the others */

	stage = (struct stage){.size = 4096, .mode = 0600, .next = argv + !!argc};
	signal(SIGTERM, SIG_DFL);
	alarm(120); /* never outlive a test run that was broken off */
	play(&stage);
	return 0;
}

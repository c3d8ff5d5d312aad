/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One who means no good, for tests/cli/hostile-*.bats. Its first argument says what it does:
 *
 *   foreign ID KEY SIZE UID  have a segment with this id, key, size and creator mapped that
 *                            is of another IPC namespace, as somebody in this one
 *   impostor ID KEY SIZE     the same as a user without any privilege, who makes segments until
 *                            one has this id, and is their creator
 *   crowd ID COUNT           attach it behind so many other mappings, of files in the current
 *                            directory too that are called as segments are
 *   restless ID              attach it, and map and unmap others all the time
 *   roam ID                  attach it, and go to another IPC namespace and back, all the time
 *   wear ID SIZE             attach it, and make and fill holes in it all the time
 *   flicker ID               attach it, and execute oneself, again and again
 *   recycle KEY SIZE WHOSE   make and remove segments with this key, and the same id, as fast
 *                            as possible; they are of users 60001 to 60007, and begin with
 *                            his number. Says "lost", "set", "given" or "written", and the user, if
 *                            somebody else has done that to one. If WHOSE is "orphans", their
 *                            makers are gone
 *   swap A B                 let two paths change places, as fast as possible
 *   acl DIRECTORY UID        let this user read and write what is made in there
 *   nameless PROGRAM         execute it without any argument, not even its name
 *
 * All but the last two print "ready" and go on until killed or until their parent ends.
 */
#include <err.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

enum { PAGE = 4096, STACK = 1 << 16 };

static void say_ready(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	puts("ready");
	fflush(stdout);
}

static void stay(void)
{
	say_ready();
	for (;;)
		pause();
}

static void attach(const char *id)
{
	if (shmat(atoi(id), NULL, 0) == (void *)-1)
		err(1, "shmat");
}

static int attach_elsewhere(void *argument)
{
	char **words = argument;
	const uid_t user = (uid_t)atoi(words[3]);
	const int id = atoi(words[0]);

	/* By no call of libc, which would do it for the parent too. */
	if (syscall(SYS_setgid, user) || syscall(SYS_setuid, user) ||
	    shmget((key_t)strtoul(words[1], NULL, 0), strtoul(words[2], NULL, 0),
		   IPC_CREAT | 0600) != id)
		return 1;
	return shmat(id, NULL, 0) == (void *)-1;
}

static int make_elsewhere(void *argument)
{
	char **words = argument;
	const int wanted = atoi(words[0]);
	int id, tries = 1000000;

	while ((id = shmget((key_t)strtoul(words[1], NULL, 0), strtoul(words[2], NULL, 0),
			    IPC_CREAT | 0600)) >= 0 &&
	       id != wanted && tries--)
		shmctl(id, IPC_RMID, NULL);
	return id != wanted || shmat(id, NULL, 0) == (void *)-1;
}

static void have_elsewhere(int (*act)(void *words), int flags, char **words)
{
	static char stack[STACK] __attribute__((aligned(16)));
	int status;

	if (clone(act, stack + STACK, CLONE_VM | CLONE_NEWIPC | SIGCHLD | flags, words) <
	    0)
		err(1, "clone");
	if (wait(&status) < 0 || status)
		errx(1, "no such segment elsewhere");
	stay();
}

static void foreign(char **words)
{
	have_elsewhere(attach_elsewhere, 0, words);
}

static void impostor(char **words)
{
	have_elsewhere(make_elsewhere, CLONE_NEWUSER, words);
}

static void map_file(const char *path, bool remove)
{
	const int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0 || ftruncate(fd, PAGE) ||
	    mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED)
		err(1, "%s", path);
	if (remove)
		unlink(path);
	close(fd);
}

static void map_memfd(const char *name)
{
	const int fd = memfd_create(name, MFD_CLOEXEC);

	if (fd < 0 || ftruncate(fd, PAGE) ||
	    mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED)
		err(1, "memfd %s", name);
	close(fd);
}

static void crowd(char **words)
{
	map_file("SYSV0000002a", true);
	map_file("SYSV0000002a (deleted)", false);
	map_file("a\nb\\c\t 00:01 0 SYSV0000002a (deleted)", false);
	map_memfd("SYSV0000002a");
	map_memfd("/SYSV0000002a (deleted)\n");
	/* Every second one, so that none are joined. */
	for (long left = atol(words[1]); left > 0; left--)
		if (mmap(NULL, PAGE, left % 2 ? PROT_READ : PROT_NONE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0) == MAP_FAILED)
			err(1, "mmap");
	attach(words[0]);
	stay();
}

static void *map_and_unmap(void *unused)
{
	for (;;) {
		char *at = mmap(NULL, 64 * PAGE, PROT_READ, MAP_SHARED | MAP_ANONYMOUS,
				-1, 0);

		for (int i = 0; i < 64; i += 2)
			mprotect(at + i * PAGE, PAGE, PROT_NONE);
		munmap(at, 64 * PAGE);
	}
	return unused;
}

static void restless(char **words)
{
	pthread_t thread;

	attach(words[0]);
	for (int i = 0; i < 4; i++)
		if (pthread_create(&thread, NULL, map_and_unmap, NULL))
			errx(1, "pthread_create");
	stay();
}

static void roam(char **words)
{
	const int here = open("/proc/self/ns/ipc", O_RDONLY | O_CLOEXEC);
	int there;

	attach(words[0]);
	if (here < 0 || unshare(CLONE_NEWIPC))
		err(1, "unshare");
	there = open("/proc/self/ns/ipc", O_RDONLY | O_CLOEXEC);
	say_ready();
	while (setns(here, CLONE_NEWIPC) == 0 && setns(there, CLONE_NEWIPC) == 0)
		;
	err(1, "setns");
}

static void wear(char **words)
{
	const size_t size = strtoul(words[1], NULL, 0);
	char *at = shmat(atoi(words[0]), NULL, 0);

	if (at == (void *)-1)
		err(1, "shmat");
	say_ready();
	for (;;) {
		memset(at, 'w', size);
		for (size_t page = 0; page < size / PAGE; page += 2)
			madvise(at + page * PAGE, PAGE, MADV_REMOVE);
		madvise(at, size, MADV_REMOVE);
	}
}

static void flicker(char **words)
{
	static char flickering[] = "flickering", flicker[] = "flicker";
	char *arguments[] = {flickering, flicker, words[0], NULL};

	attach(words[0]);
	if (!getenv("FLICKERING"))
		say_ready();
	setenv("FLICKERING", "1", 1);
	if (fork() == 0)
		_exit(0);
	wait(NULL);
	execv("/proc/self/exe", arguments);
	err(1, "execv");
}

/* The id that the next segment is to get: root of the IPC namespace alone can say so. */
static void ask_for_id(int id)
{
	FILE *file = fopen("/proc/sys/kernel/shm_next_id", "we");

	if (!file || fprintf(file, "%d", id) < 0 || fclose(file))
		err(1, "shm_next_id");
}

static int make_as(uid_t user, key_t key, size_t size)
{
	int id;

	if (seteuid(user))
		err(1, "seteuid");
	id = shmget(key, size, IPC_CREAT | IPC_EXCL | 0666);
	if (seteuid(0))
		err(1, "seteuid");
	return id;
}

static int make_orphan(uid_t user, key_t key, size_t size)
{
	const pid_t pid = fork();

	if (pid == 0)
		_exit(make_as(user, key, size) < 0);
	waitpid(pid, NULL, 0);
	return shmget(key, 0, 0);
}

/* Of the next one of the users; -1: the key is taken. */
static int make_next(char **words, unsigned int *user)
{
	const key_t key = (key_t)strtoul(words[0], NULL, 0);
	const size_t size = strtoul(words[1], NULL, 0);
	int id;

	*user = 60001 + (*user + 1 - 60001) % 7;
	if (strcmp(words[2], "orphans") != 0)
		return make_as(*user, key, size);
	while ((id = make_orphan(*user, key, size)) < 0)
		printf("lost %u\n", *user);
	return id;
}

/* Say what has become of a segment by others' doing, and remove it. */
static void finish(int id, const unsigned int *at, unsigned int user)
{
	struct shmid_ds ds;

	if (at[1])
		printf("written %u\n", user);
	if (shmctl(id, IPC_STAT, &ds) || ds.shm_perm.mode & SHM_DEST)
		printf("lost %u\n", user);
	else if (ds.shm_perm.uid != user)
		printf("given %u\n", user);
	else if ((ds.shm_perm.mode & 0777) != 0666)
		printf("set %u\n", user);
	shmdt(at);
	shmctl(id, IPC_RMID, NULL);
}

/* Those of one user are there long enough to be met. */
static void rest(unsigned int user, useconds_t time)
{
	if (user == 60001)
		usleep(time);
}

static void recycle(char **words)
{
	const bool orphans = strcmp(words[2], "orphans") == 0;
	unsigned int user = 60001, *at;
	int id = make_next(words, &user), first = id;

	setvbuf(stdout, NULL, _IOLBF, 0);
	say_ready();
	while (id >= 0) {
		rest(user, orphans ? 50000 : 300);
		at = shmat(id, NULL, 0);
		if (at == (void *)-1) {
			printf("lost %u\n", user);
		} else {
			*at = user;
			rest(user, 300);
			finish(id, at, user);
		}
		ask_for_id(first);
		id = make_next(words, &user);
	}
	err(1, "shmget");
}

static void swap(char **words)
{
	say_ready();
	while (renameat2(AT_FDCWD, words[0], AT_FDCWD, words[1], RENAME_EXCHANGE) == 0)
		;
	/* One was replaced by who was raced, which is his right. */
	stay();
}

/* An ACL as the kernel has it (linux/posix_acl_xattr.h). */
struct acl {
	uint32_t version;
	struct {
		/* cppcheck-suppress unusedStructMember ; the kernel reads it */
		uint16_t tag, permissions;
		/* cppcheck-suppress unusedStructMember ; the same */
		uint32_t id;
	} entry[5];
};

static void acl(char **words)
{
	const uint32_t none = UINT32_MAX, user = (uint32_t)atoi(words[1]);
	const struct acl acl = {2,
				{{0x01, 6, none}, /* the owner */
				 {0x02, 6, user},
				 {0x04, 0, none}, /* the group */
				 {0x10, 6, none}, /* the mask */
				 {0x20, 0, none}}};

	if (setxattr(words[0], "system.posix_acl_default", &acl, sizeof(acl), 0))
		err(1, "setxattr");
}

static void nameless(char **words)
{
	char *none[] = {NULL}, *environment[] = {NULL};

	execve(words[0], none, environment);
	err(127, "execve");
}

static const struct {
	const char *name;
	int words;
	void (*act)(char **words);
} acts[] = {
	{"foreign", 4, foreign},   {"impostor", 3, impostor}, {"crowd", 2, crowd},
	{"restless", 1, restless}, {"flicker", 1, flicker},   {"recycle", 3, recycle},
	{"roam", 1, roam},	   {"wear", 2, wear},	      {"swap", 2, swap},
	{"acl", 2, acl},	   {"nameless", 1, nameless},
};

int main(int argc, char *argv[])
{
	for (size_t i = 0; argc > 1 && i < sizeof(acts) / sizeof(acts[0]); i++)
		if (strcmp(argv[1], acts[i].name) == 0 && argc == acts[i].words + 2) {
			acts[i].act(argv + 2);
			return 0;
		}
	errx(2, "see the first comment of tests/hostile.c");
}

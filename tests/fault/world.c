/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "world.h"

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sem.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* What is in each, so that no two pages are alike. */
static char byte_at(size_t offset)
{
	return (char)(offset * 7 + offset / 251 + 1);
}

static void fill(char *bytes)
{
	for (size_t i = 0; i < WORLD_SIZE; i++)
		bytes[i] = byte_at(i);
}

static bool is_filled(const char *bytes)
{
	for (size_t i = 0; i < WORLD_SIZE; i++)
		if (bytes[i] != byte_at(i))
			return false;
	return true;
}

static int make_here(key_t key)
{
	const int id = shmget(key, WORLD_SIZE, IPC_CREAT | IPC_EXCL | 0600);
	char *at = id < 0 ? (char *)-1 : shmat(id, NULL, 0);

	if ((intptr_t)at == -1)
		err(1, "shmget");
	fill(at);
	shmdt(at);
	return id;
}

/* By a child that becomes another user, if it can, and ends: an orphan. */
static int make_orphan(key_t key)
{
	int ends[2], id = -1, status;
	pid_t pid;

	if (pipe(ends) || (pid = fork()) < 0)
		err(1, "fork");
	if (pid == 0) {
		if (setgroups(0, NULL) == 0 &&
		    setresgid(WORLD_USER, WORLD_USER, WORLD_USER) == 0)
			(void)!setresuid(WORLD_USER, WORLD_USER, WORLD_USER);
		id = make_here(key);
		_exit(write(ends[1], &id, sizeof(id)) != sizeof(id));
	}
	close(ends[1]);
	if (read(ends[0], &id, sizeof(id)) != sizeof(id) ||
	    waitpid(pid, &status, 0) != pid)
		errx(1, "no orphan");
	close(ends[0]);
	return id;
}

static bool is_there(int id)
{
	struct shmid_ds ds;

	return id >= 0 && shmctl(id, IPC_STAT, &ds) == 0;
}

static void make(struct world *world, enum inhabitant which)
{
	int *id = &world->id[which];

	if (is_there(*id))
		shmctl(*id, IPC_RMID, NULL);
	if (which == HELD && world->held) {
		shmdt(world->held);
		world->held = NULL;
	}
	if (which == TARGET || which == KEYED)
		*id = make_orphan(which == KEYED ? WORLD_KEY : IPC_PRIVATE);
	else
		*id = make_here(which == IDLE ? WORLD_IDLE_KEY : IPC_PRIVATE);
	if (which == HELD)
		world->held = shmat(*id, NULL, 0);
	if (shmctl(*id, IPC_STAT, &world->made[which]))
		err(1, "segment %d", *id);
}

/* By a child, for its last user is to be nobody who lives. */
static bool has_content(int id)
{
	const pid_t pid = fork();
	int status;

	if (pid < 0)
		err(1, "fork");
	if (pid == 0) {
		const char *at = shmat(id, NULL, SHM_RDONLY);

		_exit((intptr_t)at == -1 || !is_filled(at));
	}
	return waitpid(pid, &status, 0) == pid && status == 0;
}

static bool has_same_owner(const struct ipc_perm *a, const struct ipc_perm *b)
{
	return a->uid == b->uid && a->gid == b->gid && a->cuid == b->cuid &&
	       a->cgid == b->cgid;
}

enum fate world_look(const struct world *world, enum inhabitant which)
{
	const struct shmid_ds *made = &world->made[which];
	struct shmid_ds now;

	if (shmctl(world->id[which], IPC_STAT, &now))
		return FATE_GONE;
	if (now.shm_perm.mode & SHM_DEST)
		return FATE_MARKED;
	if (now.shm_perm.__key != made->shm_perm.__key ||
	    now.shm_segsz != made->shm_segsz || now.shm_nattch != made->shm_nattch ||
	    now.shm_cpid != made->shm_cpid ||
	    !has_same_owner(&now.shm_perm, &made->shm_perm))
		return FATE_OTHER;
	if (now.shm_perm.mode != made->shm_perm.mode)
		return FATE_MODE;
	return has_content(world->id[which]) ? FATE_SAME : FATE_CONTENT;
}

static void put_path(const struct world *world, const char *name, char path[static 512])
{
	snprintf(path, 512, "%s/%s", world->directory, name);
}

/* Other bytes than segments have. */
static void write_file(const struct world *world, const char *name)
{
	char path[512], bytes[WORLD_SIZE];
	FILE *file;

	put_path(world, name, path);
	file = fopen(path, "w");
	memset(bytes, 'i', sizeof(bytes));
	if (!file || fwrite(bytes, 1, sizeof(bytes), file) != sizeof(bytes) ||
	    fclose(file))
		err(1, "%s", path);
}

static void remove_file(const struct world *world, const char *name)
{
	char path[512];

	put_path(world, name, path);
	if (unlink(path) && errno != ENOENT)
		err(1, "%s", path);
}

void world_begin(struct world *world)
{
	*world = (struct world){.id = {-1, -1, -1, -1}};
	strcpy(world->directory, "/tmp/shmtool-fault.XXXXXX");
	if (!mkdtemp(world->directory))
		err(1, "mkdtemp");
	write_file(world, "input");
	write_file(world, "lock");
	world->semaphores = semget(IPC_PRIVATE, 1, IPC_CREAT | 0600);
	for (enum inhabitant i = 0; i < INHABITANTS; i++)
		make(world, i);
}

void world_mend(struct world *world)
{
	int stranger;

	while ((stranger = world_find_stranger(world)) >= 0)
		shmctl(stranger, IPC_RMID, NULL);
	for (enum inhabitant i = 0; i < INHABITANTS; i++)
		if (world_look(world, i) != FATE_SAME)
			make(world, i);
	remove_file(world, "output");
	remove_file(world, "id");
	semctl(world->semaphores, 0, SETVAL, 1);
}

static bool is_known(const struct world *world, int id)
{
	for (enum inhabitant i = 0; i < INHABITANTS; i++)
		if (world->id[i] == id)
			return true;
	return false;
}

int world_find_stranger(const struct world *world)
{
	struct shmid_ds ds; /* SHM_INFO wants the room */
	const int last = shmctl(0, SHM_INFO, &ds);

	for (int slot = 0; slot <= last; slot++) {
		const int id = shmctl(slot, SHM_STAT, &ds);

		if (id >= 0 && !is_known(world, id))
			return id;
	}
	return -1;
}

bool world_find_file(const struct world *world, char name[static 256])
{
	static const char *const known[] = {".", "..", "input", "lock", "output", "id"};
	DIR *directory = opendir(world->directory);
	struct dirent *entry;
	bool is = true;

	if (!directory)
		err(1, "%s", world->directory);
	while (is && (entry = readdir(directory))) {
		is = false;
		for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
			is |= strcmp(entry->d_name, known[i]) == 0;
		if (!is)
			strcpy(name, entry->d_name);
	}
	closedir(directory);
	if (!is)
		remove_file(world, name);
	return !is;
}

bool world_output_is_whole(const struct world *world)
{
	char path[512], bytes[WORLD_SIZE + 1];
	ssize_t got;
	int fd;

	put_path(world, "output", path);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return errno == ENOENT;
	got = read(fd, bytes, sizeof(bytes));
	close(fd);
	return got == WORLD_SIZE && is_filled(bytes);
}

void world_end(struct world *world)
{
	world_mend(world);
	shmdt(world->held);
	for (enum inhabitant i = 0; i < INHABITANTS; i++)
		shmctl(world->id[i], IPC_RMID, NULL);
	semctl(world->semaphores, 0, IPC_RMID);
	remove_file(world, "input");
	remove_file(world, "lock");
	if (rmdir(world->directory))
		err(1, "%s", world->directory);
}

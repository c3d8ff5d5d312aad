/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The segments, and files, that a run finds, and what has become of them. */
#ifndef WORLD_H
#define WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/shm.h>

/* Of every kind one. Only to the target, and to who is held, may anything be done. */
enum inhabitant {
	TARGET, /* an orphan without a key, of an ordinary user */
	KEYED,	/* the same with a key */
	HELD,	/* attached by this process */
	IDLE,	/* of this process, which lives, with a key */
	INHABITANTS
};

enum { WORLD_KEY = 0x5eed0001, WORLD_IDLE_KEY, WORLD_USER = 60001, WORLD_SIZE = 8192 };

struct world {
	int id[INHABITANTS]; /* -1: to be made anew */
	struct shmid_ds made[INHABITANTS];
	char *held;
	int semaphores;
	char directory[64]; /* of the file "input" */
};

/* What has become of one, as said by world_look(). */
enum fate { FATE_SAME, FATE_GONE, FATE_MARKED, FATE_MODE, FATE_CONTENT, FATE_OTHER };

void world_begin(struct world *world);

/* Have everything there as it was in the beginning. */
void world_mend(struct world *world);

enum fate world_look(const struct world *world, enum inhabitant which);

/* A segment that none of them is; or -1. */
int world_find_stranger(const struct world *world);

/* A file other than those that were there, or are called output or id, into name; or false. */
bool world_find_file(const struct world *world, char name[static 256]);

/* The output is absent, or as it has to be when it is complete. */
bool world_output_is_whole(const struct world *world);

void world_end(struct world *world);

#endif

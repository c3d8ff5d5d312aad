/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Preloaded into a remover: each IPC_RMID comes late. Between the last look at a segment
 * and its removal there are microseconds, which the application of tests/race/duel.c
 * hardly ever hits; with this they are milliseconds, and it hits them all the time.
 */
#include <dlfcn.h>
#include <sys/shm.h>
#include <unistd.h>

enum { DELAY = 10000 }; /* microseconds */

int shmctl(int id, int command, struct shmid_ds *ds)
{
	int (*next)(int, int, struct shmid_ds *);

	*(void **)&next = dlsym(RTLD_NEXT, "shmctl");
	if (command == IPC_RMID)
		usleep(DELAY);
	return next(id, command, ds);
}

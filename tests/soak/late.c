/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Preloaded into some runs of gc and rm: some of what they set or remove comes late. Then
 * others attach between the last look at a segment and what is done to it, which hardly
 * ever happens otherwise.
 */
#include <dlfcn.h>
#include <sys/shm.h>
#include <time.h>
#include <unistd.h>

enum { ONE_OF = 2, DELAY = 10000 }; /* microseconds */

int shmctl(int id, int command, struct shmid_ds *ds)
{
	int (*next)(int, int, struct shmid_ds *);
	struct timespec time;
	unsigned int chance;

	*(void **)&next = dlsym(RTLD_NEXT, "shmctl");
	clock_gettime(CLOCK_MONOTONIC, &time);
	chance = (unsigned int)time.tv_nsec / 64;
	if ((command == IPC_SET || command == IPC_RMID) && chance % ONE_OF == 0)
		usleep(chance / ONE_OF % DELAY);
	return next(id, command, ds);
}

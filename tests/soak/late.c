/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Preloaded into some runs of gc and rm: some of what they set or remove comes late. Then
 * others attach between the last look at a segment and what is done to it, which hardly
 * ever happens otherwise. A fence keeps everybody out meanwhile, and on a machine that is
 * busy each sleep is long: so there is only so much of it.
 */
#include <dlfcn.h>
#include <stdint.h>
#include <sys/shm.h>
#include <time.h>
#include <unistd.h>

enum { ONE_OF = 2, DELAY = 5000, IN_ALL = 150000 }; /* microseconds */

static int64_t microseconds(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * INT64_C(1000000) + time.tv_nsec / 1000;
}

int shmctl(int id, int command, struct shmid_ds *ds)
{
	static int64_t in_all;
	int (*next)(int, int, struct shmid_ds *);
	const int64_t begin = microseconds();

	*(void **)&next = dlsym(RTLD_NEXT, "shmctl");
	if ((command == IPC_SET || command == IPC_RMID) && begin % ONE_OF == 0 &&
	    in_all < IN_ALL) {
		usleep((useconds_t)(begin / ONE_OF % DELAY));
		in_all += microseconds() - begin;
	}
	return next(id, command, ds);
}

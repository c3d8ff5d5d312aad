/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Preloaded into a remover: each IPC_RMID comes late. Between the last look at a segment
 * and its removal there are microseconds, which the application of tests/race/duel.c
 * hardly ever hits; with this they are milliseconds, and it hits them all the time.
 *
 * With LATE=set it is the first IPC_SET that comes late, by a second, after the word "late"
 * on stderr: long enough for a shell to have another segment get the id. With LATE=remove
 * it is the first IPC_RMID, by a minute: long enough to kill it there.
 */
#include <dlfcn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/shm.h>
#include <unistd.h>

enum { DELAY = 10000 }; /* microseconds */

int shmctl(int id, int command, struct shmid_ds *ds)
{
	static bool is_over;
	const char *late = getenv("LATE");
	int (*next)(int, int, struct shmid_ds *);

	*(void **)&next = dlsym(RTLD_NEXT, "shmctl");
	if (late && !is_over && command == (*late == 's' ? IPC_SET : IPC_RMID)) {
		is_over = true;
		if (write(STDERR_FILENO, "late\n", 5) == 5)
			sleep(*late == 's' ? 1 : 60);
	}
	if (command == IPC_RMID && !late)
		usleep(DELAY);
	return next(id, command, ds);
}

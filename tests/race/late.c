/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Preloaded into a remover: each IPC_RMID comes late. Between the last look at a segment
 * and its removal there are microseconds, which the application of tests/race/duel.c
 * hardly ever hits; with this they are milliseconds, and it hits them all the time.
 *
 * With LATE=set it is the first IPC_SET that comes late, by a second, after the word "late"
 * on stderr: long enough for a shell to have another segment get the id.
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
	int (*next)(int, int, struct shmid_ds *);

	*(void **)&next = dlsym(RTLD_NEXT, "shmctl");
	if (command == IPC_SET && getenv("LATE") && !is_over) {
		is_over = true;
		if (write(STDERR_FILENO, "late\n", 5) == 5)
			sleep(1);
	}
	if (command == IPC_RMID && !getenv("LATE"))
		usleep(DELAY);
	return next(id, command, ds);
}

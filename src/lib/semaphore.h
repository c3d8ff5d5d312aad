/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A System V semaphore that is held for a while, as by the applications that guard a segment
 * with one: the only file that includes <sys/sem.h>. See semget(2) and semop(2).
 */
#ifndef SHMTOOL_SEMAPHORE_H
#define SHMTOOL_SEMAPHORE_H

#include <stdbool.h>
#include <stdint.h>

struct deadline;

/* "ID", "KEY", "ID:N" or "KEY:N": number N, or else 0, of the set with this id or key. */
struct semaphore_name {
	bool is_given, by_key;
	int id;
	uint32_t key;
	unsigned short number;
};

#define SEMAPHORE_ROOM 48 /* enough for the text of a name */

/*
 * An id is decimal, a key hex after 0x and not 0, N decimal up to 65535. Strict, and errno,
 * as in number.h.
 */
int semaphore_parse(const char *text, struct semaphore_name *name);

/* "semaphore 3:0" or "semaphore 0x0001b207:0" */
void semaphore_text(const struct semaphore_name *name, char text[static SEMAPHORE_ROOM]);

struct semaphore {
	int id;
	unsigned short number;
};

/*
 * Look for the set with this key; ENOENT if there is none. It takes no permission. What is
 * named by its id is not looked for before it is taken. Returns 0, or -1.
 */
int semaphore_find(const struct semaphore_name *name, struct semaphore *semaphore);

/*
 * Take 1 from it, and wait no longer than until the deadline for its value not to be 0. The
 * kernel gives it back when the process has ended, however it ends (SEM_UNDO). A child has
 * no part in that.
 *
 * It takes permission to alter the set, w, of its owner, its creator, their groups or all
 * others; or CAP_IPC_OWNER where the IPC namespace belongs (ipcperms() in ipc/util.c).
 *
 * Returns 0, or -1 and errno: ENOENT, no such set; EIDRM, it was removed while waited for;
 * EFBIG, it has no semaphore N; EACCES; EAGAIN, the deadline has passed. A signal that has
 * a handler does not end the wait, nor does SIGCONT, after which the call is not restarted
 * by the kernel (signal(7)).
 */
int semaphore_take(const struct semaphore *semaphore, const struct deadline *deadline);

/*
 * Give it back; never waits. Returns 0, or -1 and errno: ENOENT, the set was removed
 * meanwhile; EACCES, it has been closed meanwhile; ERANGE, its value was set to the
 * highest. In the last two the kernel does it in the end.
 */
int semaphore_give(const struct semaphore *semaphore);

#endif

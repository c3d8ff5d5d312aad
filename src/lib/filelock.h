/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lock of a file that flock(2) takes, as flock(1) and many scripts do. */
#ifndef SHMTOOL_FILELOCK_H
#define SHMTOOL_FILELOCK_H

#include <stdbool.h>

struct deadline;

/*
 * Open a file to be locked, or a directory, as it is; one that is absent is made, empty,
 * with mode 0666 less the umask. For writing if that is allowed, as network file systems
 * want it for an exclusive lock, else for reading. A FIFO does not make it wait.
 *
 * A name in a directory where everybody writes can be anybody's. A symbolic link is not
 * followed, ELOOP: so nobody chooses where root makes a file. And one that is there is
 * opened without O_CREAT, which Linux refuses for files of others in such a directory (see
 * fs.protected_regular in proc(5)).
 *
 * Returns a descriptor that is closed by execve(2), or -1 and errno as open(2).
 */
int filelock_open(const char *path);

/*
 * Take the lock, exclusive or shared, and wait for it no longer than until the deadline.
 * It is held until flock(fd, LOCK_UN), or until nobody has this descriptor any more.
 *
 * flock(2) itself waits without end. Where there is one, a timer interrupts it from then
 * on again and again, so that it does not matter if the first signal comes before the
 * call; SIGRTMIN, for SIGALRM may be awaited by whoever has set alarm(2) before execve(2).
 * Signals that have a handler of the caller do not end the wait.
 *
 * Returns 0, or -1 and errno: EAGAIN, the deadline has passed; ESTALE, the name was removed
 * from the file meanwhile, so that others lock another one; or as flock(2).
 */
int filelock_take(int fd, bool exclusive, const struct deadline *deadline);

/* Give it back. */
void filelock_give(int fd);

#endif

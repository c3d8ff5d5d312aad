/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A new segment with everything that was asked for, or none.
 *
 * A child makes it, and has ended before the id is given to anybody. With the sysctl
 * kernel.shm_rmid_forced a segment is destroyed with its creator (exit_shm() in
 * ipc/shm.c): an id that its creator has printed would name nothing, and only once he has
 * ended. And if the child fails, or is killed, the parent removes what it has made.
 */
#ifndef SHMTOOL_MAKE_H
#define SHMTOOL_MAKE_H

#include <signal.h>

#include "lib/segment.h"

#include "complete.h"

struct making {
	/* In. */
	struct wanted wanted;

	/* Out. */
	struct segment made; /* as it was first; its id is -1 if there is none */
	int error;	     /* of MAKE_REFUSED: errno of sysv_create(), or of fork(2) */

	/* Its own. */
	pid_t child;
	int interrupted; /* the signal; or 0 */
	sigset_t before;
};

enum made {
	MAKE_DONE,
	MAKE_REFUSED, /* no segment was made, and nothing said of it; see error */
	MAKE_FAILED,  /* after a message; what was made is removed again, if it can be */
};

/*
 * Make it. SIGINT, SIGTERM, SIGHUP and SIGQUIT end the child, and what it has made is
 * removed. They stay blocked until make_end(), which is always due, so that the caller
 * can say or record the id first.
 */
enum made make_run(struct making *making);

/*
 * Remove what was made, as nobody knows of it after all: unless somebody has attached it
 * already, or it is another by now. With a message.
 */
void make_undo(const struct making *making);

/* Signals are as they were: this may be the end of the process, as they demand. */
void make_end(const struct making *making);

#endif

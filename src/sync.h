/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * To read or write a segment while nobody else does, as its applications agree on it: the
 * options --flock, --sem and --timeout, and what they mean.
 *
 * In prepare(), after all other usage errors: sync_check(), then sync_prepare(). In run():
 * sync_take(), before the segment is looked at, and sync_give(). In release(): sync_release().
 * For --sem the verb has to keep PRIVILEGE_IPC_OWNER, so that root may take semaphores that
 * are closed to others.
 */
#ifndef SHMTOOL_SYNC_H
#define SHMTOOL_SYNC_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/semaphore.h"

#include "value.h"

struct sync_settings {
	const char *flock; /* NULL: none */
	struct semaphore_name semaphore;
	int64_t timeout; /* seconds; WAIT_FOR_EVER: not given */
	int file;	 /* set by sync_prepare() */
};

#define SYNC_NONE                                    \
	{                                            \
		.timeout = WAIT_FOR_EVER, .file = -1 \
	}

extern const struct value value_semaphore;

#define VALUE_SEMAPHORE(settings, field) \
	&value_semaphore, FIELD(struct semaphore_name, settings, field)

/* Rows of an option table that fill the struct sync_settings in this field. */
#define SYNC_OPTIONS(settings, sync)                                                 \
	{0, "flock", VALUE_PATH(settings, sync.flock),                               \
	 "hold the lock of this file meanwhile, as flock(1) does"},                  \
		{0, "sem", VALUE_SEMAPHORE(settings, sync.semaphore),                \
		 "hold semaphore N, or else 0, of this set meanwhile"},              \
	{                                                                            \
		0, "timeout", VALUE_DURATION(settings, sync.timeout),                \
			"fail if that takes longer than this; 0: do not wait at all" \
	}

/* Whether anything is to be held: then no page may be seen by others later. */
bool sync_is_wanted(const struct sync_settings *settings);

/* Returns 0; or EXIT_USAGE after a message, if there is nothing to wait for. */
int sync_check(const struct sync_settings *settings);

/*
 * Open the lock file, and make it if it is not there, while all privileges are. Returns 0;
 * or EXIT_FAILURE after a message.
 */
int sync_prepare(struct sync_settings *settings);

/* Close it. */
void sync_release(struct sync_settings *settings);

/* What is held. */
struct sync {
	const struct sync_settings *settings;
	struct semaphore semaphore;
	bool has_lock, has_semaphore;
};

enum sync_mode { SYNC_SHARED, SYNC_EXCLUSIVE };

/*
 * Take what is asked for: first the lock, shared for who reads, then the semaphore, which
 * knows no difference. Signals with a handler do not end the wait, so a verb sets its own
 * afterwards. Returns 0, also if nothing is asked for; or EXIT_FAILURE after a message, and
 * nothing is held.
 */
int sync_take(struct sync *sync, const struct sync_settings *settings,
	      enum sync_mode mode);

/*
 * Give it all back; what has been given back, or never taken, is left alone. Returns 0; or
 * EXIT_FAILURE after a message: the semaphore was gone, so that others may have been in.
 * (A process that is killed holds nothing any more.)
 */
int sync_give(struct sync *sync);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which processes have which segments of this IPC namespace attached. */
#ifndef SHMTOOL_ATTACH_H
#define SHMTOOL_ATTACH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "process.h"

/* A process that has a segment attached. */
struct holder {
	pid_t pid; /* 0: it has none that is known in our PID namespace */
	uid_t uid; /* effective; 0 if not asked for */
	char command[PROCESS_COMMAND]; /* as in struct process; empty: not asked for */
	int64_t started;	       /* so; or PROCESS_STARTED_UNKNOWN */
	unsigned int mappings;
	bool writable; /* one of them is */
	bool verified; /* one of them is proven to be of this segment; see attach_find() */
};

/* A segment, and who has it attached. */
struct attachment {
	int id;			       /* in */
	uint64_t nattch;	       /* in: as of struct segment */
	const struct segment *segment; /* in: what else is known of it; or NULL */
	struct holder *holder;
	size_t holders; /* ascending by PID */
	uint64_t seen;	/* mappings verified; fewer than nattch: somebody is missing */
	uint32_t key;	/* that it was created with, also of one marked since */
	bool key_known; /* as soon as there is a verified holder */
	uint64_t page_size; /* bytes; 0: unknown, for there is none */
};

struct segment;

struct attach_search {
	struct processes *processes; /* in; out: who does not answer */
	bool describe; /* in: also learn uid, command and started, at a third of all cost */
	bool text;     /* in, for tests: as of mappings_init() */
	unsigned int looks; /* out: processes that were looked into */
	size_t hidden; /* out: those that may have what is missing, but let nobody look */
};

/*
 * Find the holders of the segments listed, each id once. What is asked for is there
 * already, the rest of list is overwritten; free it with attach_release(), also after
 * a failure, which may have left a part of the answer. Returns 0, or -1 and errno:
 * ENOENT without /proc, ENOMEM, or as memfd_create(2) and worker_run().
 *
 * A child looks into the processes. One in which it is stuck is hidden, and so are, after
 * ten seconds, all that are left.
 *
 * It ends as soon as nobody is missing from any segment: hidden is 0 then. Otherwise
 * it is an upper bound, for a process that cannot be looked into does not tell its IPC
 * namespace either. Who is neither found nor hidden has ended meanwhile, is outside
 * this PID namespace or not shown by /proc (hidepid), or has left this IPC namespace
 * with all its threads. So seen alone tells whether holders are complete, and nothing
 * tells that nobody has a segment, but its nattch.
 *
 * Processes that share their memory (clone(2), CLONE_VM) are all holders, but their
 * mappings, which nattch has once, are in seen once; unless kcmp(2) is refused. One can
 * have mappings from another IPC namespace (setns(2), or a child there that has the same
 * memory), of a segment with the same id. It is no holder if key, size or the creator are not
 * those of the segment; no call tells more. The creator is that of the file behind the
 * mapping. Whoever may not look there (see subject_stat()) trusts its own processes; of
 * others the holder is not verified: its mappings are not in seen and end no search, and
 * nothing else is learned from them.
 * With /proc of an outer PID namespace, holders have a name and a user, but no PID.
 */
int attach_find(struct attach_search *search, struct attachment *list, size_t count);

/* How many attaches are of processes that were not found; 0 also if more were than are. */
uint64_t attachment_unseen(const struct attachment *attachment);

/* Free what attach_find() has put into the list, not the list. NULL is allowed. */
void attach_release(struct attachment *list, size_t count);

#endif

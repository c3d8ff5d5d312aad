/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A soak of shmtool: applications of several users, which make, attach, leave and remove
 * segments at random, or are killed; meanwhile the tool itself, run in all its forms, and
 * killed as well. What all processes of that know is in memory that they share, and that
 * is no System V segment: who has made what, who has it attached, since when. So what is
 * judged is judged exactly, by evidence that is on the safe side of what is in doubt.
 *
 *   soak     the rounds, the end, and the summary
 *   table    what is shared; time, chance and faults
 *   user     who an application or a run of the tool is
 *   worker   an application: the life of one
 *   work     what it does with segments
 *   child    the children that it has
 *   look     what must be true of a segment, as who uses it sees it
 *   build    command lines of the tool
 *   tool     what is run, and what may come of it
 *   run      a run of the tool: started, killed, ended
 *   late     what of it comes late
 *   outcome  how a run has ended, what it says, and what it has done
 *   judge    what gc and rm have removed, and whether they may
 *   quiet    the end of a round, when nothing moves and all can be counted
 *   sweep    what gc must take then, and what it must leave
 *   probe    memory, descriptors and processor time, which must not grow
 *   summary  what has happened, in numbers, and what came of it
 */
#ifndef SOAK_H
#define SOAK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/shm.h>
#include <sys/types.h>

enum { SLOTS = 2048, USERS = 4, WORKERS = 12, RUNS = 4 };
enum { HELD = 6, MADE = 32, LAST = 8, CHILDREN = 3 };
enum { PAGE = 4096, PAGES = 8 };
enum { KEY = 0x5a0c0000, FIRST_USER = 1000 };
enum { NOBODY = -1, ROOT = -1 };

#define SECOND INT64_C(1000000000) /* ns */
#define FOREVER INT64_MAX

/* What must be true: one line of the result each. */
enum family {
	ATTACHED,
	ALIVE,
	YOUNG,
	GARBAGE,
	MODES,
	CONTENT,
	PROCESSES,
	FILES,
	OWNED,
	ENDED,
	FLAT,
	EMPTY,
	BUSY,
	FAMILIES,
};

/* Who else than gc may remove a segment. Its size tells, so that rm can select by it. */
enum pool {
	POOL_GC,     /* nobody */
	POOL_UNUSED, /* rm --unused, while it is unattached */
	POOL_ANY,    /* its owner, at any time: it may be marked, too */
	POOLS,
};

enum state { SLOT_FREE, SLOT_MAKING, SLOT_MADE };
enum remover { BY_NOBODY, BY_GC, BY_RM, BY_OWNER };
enum phase { PHASE_RUN, PHASE_QUIET, PHASE_OVER };

/* A segment, or room for one. Times are ns since the Epoch. */
struct slot {
	atomic_int state;
	int id, previous_id; /* create --reuse can make a second one after the first */
	key_t key;
	enum pool pool;
	int user;	       /* its owner and creator */
	atomic_uint mode;      /* as its owner has given it */
	atomic_uint next_mode; /* another, while it is being changed */
	atomic_bool changing;
	uint64_t word;		  /* what is in it, over and over, where it is not 0 */
	atomic_uint pages;	  /* those in which it is for certain */
	int creator;		  /* the worker, or NOBODY: a run of the tool */
	int64_t made;		  /* at this time it was there for certain */
	_Atomic int64_t alive;	  /* its creator was, at this time for certain */
	_Atomic int64_t touched;  /* then or later for certain */
	atomic_uint begun, ended; /* attempts to attach it */
	atomic_bool rmid;	  /* its owner removes it, or has it removed */
	atomic_int remover;
	bool create_killed; /* the tool that was to make it: it may be there all the same */
	atomic_bool gone;
};

/* An application, while it lives; then the next one has its place. */
struct worker {
	pid_t pid;
	int user;
	unsigned int number;
	atomic_int held[HELD];	/* slots that are attached for certain */
	_Atomic int64_t ending; /* when it began to end: alive for certain */
	int64_t killed;
	atomic_bool stays; /* at the end of the round */
	atomic_bool quiet; /* it does nothing then, and has no child */
};

struct user {
	uid_t id;
	char directory[64];
};

struct count {
	atomic_ulong checks, faults;
};

enum tally {
	T_MADE,
	T_MADE_BY_TOOL,
	T_BY_GC,
	T_BY_RM,
	T_UNSAID,
	T_KEPT_ATTACHED,
	T_KEPT_ALIVE,
	T_KEPT_YOUNG,
	T_KEPT_KEYED,
	T_REFUSED,
	T_WORKERS,
	T_WORKER_KILLS,
	T_CHILDREN,
	T_TOOL_KILLS,
	T_FENCE_KILLS,
	T_GUARDIANS,
	T_DUE,
	T_LATE,
	T_REUSED_PIDS,
	T_CREATE_KILLS,
	T_LEFT_BY_KILLED_CREATE,
	T_LEFT_FILES,
	T_SPARED,
	T_RMID,
	T_CHANGES,
	TALLIES,
};

/* All that is shared. */
struct soak {
	struct slot slot[SLOTS];
	struct worker worker[WORKERS];
	int free[SLOTS];
	atomic_int free_count;
	atomic_int phase;
	struct count count[FAMILIES];
	atomic_ulong tally[TALLIES];
	_Atomic int64_t longest_refusal, longest_unrest;
	atomic_ullong seed;
	struct user user[USERS];
	char directory[64];
	bool several_users; /* else all are the root of a user namespace, without power */
	unsigned int patience; /* seconds, with what should end, or be open again */
	pid_t master;
};

struct random {
	uint64_t state;
};

/* table.c */
int64_t now(void);
int64_t stamp(void);
uint64_t draw(struct random *random);
unsigned int pick(struct random *random, unsigned int count);
bool chance(struct random *random, unsigned int percent);
unsigned int pick_mode(struct random *random);
void raise_to(_Atomic int64_t *time, int64_t least);
void check(struct soak *soak, enum family family);
void fault(struct soak *soak, enum family family, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void tally(struct soak *soak, enum tally what);
struct soak *soak_share(void);
int slot_take(struct soak *soak);
void slot_reset(struct slot *slot, enum pool pool, int user, struct random *random);
size_t slot_size(const struct soak *soak, const struct slot *slot);
struct slot *slot_of_size(struct soak *soak, size_t size);
struct slot *slot_of_id(struct soak *soak, int id);
const char *slot_name(const struct slot *slot);

/* user.c */
bool users_prepare(struct soak *soak);
uid_t user_id(const struct soak *soak, int user);
void user_become(const struct soak *soak, int user);

/* look.c */
bool look_allows(const struct soak *soak, const struct slot *slot, int user);
void look_at_held(struct soak *soak, int index, const char *at, int user);
void look_at_own(struct soak *soak, int index, pid_t creator);
bool look_is_last(struct soak *soak, int index, unsigned int begun);
void look_at_bytes(struct soak *soak, const struct slot *slot, const unsigned char *bytes,
		   size_t length);

/* worker.c */
void worker_start(struct soak *soak, int index, struct random *random);
void worker_kill(struct soak *soak, int index);
void worker_ended(struct soak *soak, int index, int status);

/* work.c: what a worker has in hand */
struct hand {
	struct soak *soak;
	struct worker *self; /* of the next one, for a child that outlives its parent */
	int user;
	struct random random;
	char *at[HELD];
	bool writable[HELD];
	int made[MADE];
	struct {
		int index;
		unsigned int begun;
	} last[LAST];
	struct {
		pid_t pid;
		int held[HELD];
	} child[CHILDREN];
};

void work(struct hand *hand);
void work_look(struct hand *hand);
void work_detach_all(struct hand *hand);
void work_fork(struct hand *hand);
void work_end_children(struct hand *hand, bool at_once);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In which state a segment is, and why. Pure: what is judged is passed in.
 *
 * The rule of the house: that somebody is gone is proven, never assumed. In doubt
 * a process is still running, and the segment not an orphan.
 */
#ifndef SHMTOOL_VERDICT_H
#define SHMTOOL_VERDICT_H

#include <stddef.h>
#include <stdint.h>

#include "process.h"
#include "segment.h"

struct moment;

enum state {
	STATE_ATTACHED, /* somebody has it mapped */
	STATE_DEST,	/* marked for destruction, mapped still */
	STATE_IDLE,	/* not mapped, but its creator or last user may come back */
	STATE_ORPHAN,	/* not mapped, and both are gone */
};

/* What became of the process that a segment names as its creator or last user. */
enum fate {
	FATE_NOBODY,   /* there never was one: nobody attached it */
	FATE_RUNNING,  /* it runs */
	FATE_POSSIBLE, /* a process with its PID runs, and may be it */
	FATE_UNSEEN,   /* it has no PID in this PID namespace */
	FATE_GONE,     /* it has ended */
	FATE_REPLACED, /* it has ended, and a younger process has its PID */
};

/* A process that started more than this many seconds later is another for certain. */
#define VERDICT_MARGIN 60

struct verdict {
	enum state state;
	enum fate creator, last;
	/*
	 * Seconds for which nobody has touched it, as far as they are known to have passed:
	 * less what the clock was set forward by (moment.h). -1 while attached.
	 */
	int64_t idle;
};

/* A segment with all that speaks for or against it. */
struct finding {
	struct segment segment;
	struct process creator, last; /* of cpid and lpid; empty where that is 0 */
	struct verdict verdict;
};

/*
 * Judge finding->segment by what is known of its creator and last user.
 *
 * A PID says who only for a time. A process that started clearly after the oldest
 * stamp of the segment is not its creator, and one that started clearly after it was
 * last attached or detached is not its last user. That compares the clock of
 * processes with that of stamps. Where the latter has been set forward, so much more
 * is asked for (moment.h). Nothing is concluded from a stamp that is older than all that
 * tells of such a change, nor where the two clocks cannot be compared.
 */
struct verdict verdict_judge(const struct finding *finding, const struct moment *moment);

/* "attached", "dest", "idle", "orphan" */
const char *verdict_state_name(enum state state);

/* What that means, in a few words: "not attached, and its users have ended". */
const char *verdict_state_meaning(enum state state);

/* The state with the name that begins text, length bytes long. 0, or -1 and EINVAL. */
int verdict_parse_state(const char *text, size_t length, enum state *state);

/*
 * The reason for the state as a phrase that a person can read, without a full stop.
 * Commands in it are raw text of other processes: escape it for a terminal. At most
 * size - 1 bytes are written to text; VERDICT_ROOM is enough.
 */
void verdict_explain(const struct finding *finding, char *text, size_t size);

#define VERDICT_ROOM 384

#endif

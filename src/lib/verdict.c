/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verdict.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "moment.h"
#include "process.h"
#include "segment.h"

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* The oldest stamp that the segment has: it was created then, or before. */
static int64_t oldest_stamp(const struct segment *segment)
{
	int64_t oldest = segment->ctime;

	if (segment->atime && segment->atime < oldest)
		oldest = segment->atime;
	if (segment->dtime && segment->dtime < oldest)
		oldest = segment->dtime;
	return oldest;
}

/* What became of the process that had this PID when the evidence was made, or before. */
static enum fate judge_fate(const struct process *process, int64_t evidence,
			    const struct moment *moment)
{
	if (!process->exists)
		return FATE_GONE;
	if (process->started == PROCESS_STARTED_UNKNOWN || moment->unsure ||
	    evidence < later(moment->boot, moment->witness))
		return FATE_POSSIBLE;
	if (process->started - VERDICT_MARGIN - moment->set_forward > evidence)
		return FATE_REPLACED;
	return process->started <= evidence ? FATE_RUNNING : FATE_POSSIBLE;
}

static bool is_gone(enum fate fate)
{
	return fate == FATE_NOBODY || fate == FATE_GONE || fate == FATE_REPLACED;
}

/*
 * The time that is known to have passed. A stamp can be from before the clock was set forward,
 * unless less time has passed since it, even by the clock as it is set now: so a clock that
 * began in 1970 spoils nothing. What was before the oldest witness does not count.
 */
static int64_t idle_time(const struct segment *segment, const struct moment *moment)
{
	const int64_t oldest = moment->boot - moment->set_forward;
	const int64_t most = moment->now - later(moment->boot, moment->witness);
	int64_t passed = moment->now - later(segment_newest_stamp(segment), oldest);

	if (segment->nattch)
		return -1;
	if (passed >= moment->set_forward)
		passed -= moment->set_forward;
	return later(0, passed < most ? passed : most);
}

struct verdict verdict_judge(const struct finding *finding, const struct moment *moment)
{
	const struct segment *segment = &finding->segment;
	int64_t used = later(segment->atime, segment->dtime);
	struct verdict verdict = {
		.creator = FATE_UNSEEN,
		.last = used ? FATE_UNSEEN : FATE_NOBODY,
		.idle = idle_time(segment, moment),
	};

	if (segment->cpid)
		verdict.creator = judge_fate(&finding->creator, oldest_stamp(segment),
					     moment);
	if (segment->lpid)
		verdict.last = judge_fate(&finding->last, used, moment);

	if (segment->dest)
		verdict.state = STATE_DEST;
	else if (segment->nattch)
		verdict.state = STATE_ATTACHED;
	else if (is_gone(verdict.creator) && is_gone(verdict.last))
		verdict.state = STATE_ORPHAN;
	else
		verdict.state = STATE_IDLE;
	return verdict;
}

const char *verdict_state_name(enum state state)
{
	static const char *const names[] = {
		[STATE_ATTACHED] = "attached",
		[STATE_DEST] = "dest",
		[STATE_IDLE] = "idle",
		[STATE_ORPHAN] = "orphan",
	};

	return names[state];
}

const char *verdict_state_meaning(enum state state)
{
	static const char *const meanings[] = {
		[STATE_ATTACHED] = "in use",
		[STATE_DEST] = "in use, and goes with the last attach",
		[STATE_IDLE] = "not attached, but its users may come back",
		[STATE_ORPHAN] = "not attached, and its users have ended",
	};

	return meanings[state];
}

int verdict_parse_state(const char *text, size_t length, enum state *state)
{
	for (enum state s = STATE_ATTACHED; s <= STATE_ORPHAN; s++) {
		const char *name = verdict_state_name(s);

		if (strlen(name) == length && strncmp(name, text, length) == 0) {
			*state = s;
			return 0;
		}
	}
	errno = EINVAL;
	return -1;
}

/* "creator PID 812 (perl) is running": what became of one of the two. */
static void explain_fate(enum fate fate, const char *role, const struct process *process,
			 char *text, size_t size)
{
	static const char *const ends[] = {
		[FATE_RUNNING] = "is running",
		[FATE_POSSIBLE] = "is running, or a younger process with that PID",
		[FATE_GONE] = "has exited",
		[FATE_REPLACED] = "has exited, and a younger process has that PID now",
	};
	bool named = fate == FATE_RUNNING && process->command[0];

	if (fate == FATE_NOBODY)
		snprintf(text, size, "nobody attached it");
	else if (fate == FATE_UNSEEN)
		snprintf(text, size, "%s not visible from here (another PID namespace)",
			 role);
	else
		snprintf(text, size, "%s PID %d%s%s%s %s", role, process->pid,
			 named ? " (" : "", named ? process->command : "",
			 named ? ")" : "", ends[fate]);
}

/* Who may come back; for an orphan, that neither will. */
static void explain_users(const struct finding *finding, char *text, size_t size)
{
	const struct verdict *verdict = &finding->verdict;
	bool orphan = verdict->state == STATE_ORPHAN;
	bool one = finding->creator.pid == finding->last.pid &&
		   verdict->creator == verdict->last;
	bool creator = orphan || !is_gone(verdict->creator);
	bool last = !one && (orphan || !is_gone(verdict->last));
	size_t length = 0;

	if (creator) {
		explain_fate(verdict->creator, one ? "creator and last user" : "creator",
			     &finding->creator, text, size);
		length = strlen(text);
	}
	if (creator && last && length + 2 < size)
		length += (size_t)snprintf(text + length, size - length, "; ");
	if (last)
		explain_fate(verdict->last, "last user", &finding->last, text + length,
			     size - length);
}

void verdict_explain(const struct finding *finding, char *text, size_t size)
{
	uint64_t nattch = finding->segment.nattch;

	switch (finding->verdict.state) {
	case STATE_ATTACHED:
		snprintf(text, size, "%" PRIu64 " attach%s", nattch,
			 nattch == 1 ? "" : "es");
		break;
	case STATE_DEST:
		snprintf(text, size, "marked for destruction, %" PRIu64 " attach%s",
			 nattch, nattch == 1 ? " remains" : "es remain");
		break;
	case STATE_IDLE:
	case STATE_ORPHAN:
		explain_users(finding, text, size);
		break;
	}
}

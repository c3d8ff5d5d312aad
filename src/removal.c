/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "removal.h"

#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#include "lib/aimed.h"
#include "lib/attach.h"
#include "lib/fence.h"
#include "lib/fence-record.h"
#include "lib/policy.h"
#include "lib/survey.h"

#include "changes.h"
#include "holders.h"
#include "log.h"
#include "names.h"
#include "privilege.h"

/*
 * Whatever a record needs that can take its time or fail: the log itself, and names, which
 * may come from a server. When something has been removed it is too late to wait for that.
 */
static void prepare_record(const struct removal *removal, const struct findings *findings,
			   struct log *log)
{
	log_begin(log, removal->names);
	for (size_t i = 0; i < findings->count; i++) {
		names_user(removal->names, findings->item[i].segment.uid);
		names_user(removal->names, findings->item[i].segment.cuid);
	}
}

/* What has been done, as the log has it. */
static const char *deed(const struct reaping *reaping)
{
	if (reaping->outcome == REAPED_REMOVED)
		return "removed";
	return reaping->outcome == REAPED_MARKED ? "marked" : "removed or marked";
}

/* Its record has the segment that was hit. */
static void record_stray(const struct finding *finding, const struct reaping *reaping,
			 struct log *log)
{
	struct finding hit = *finding;

	hit.segment = reaping->now;
	log_removal(log,
		    aimed_is_returned(&hit.segment)
			    ? "closed in place of another, and given to its creator,"
			    : "closed in place of another, and not given to its creator,",
		    &hit, "it got the id of a segment that was to be removed");
}

static void record(const struct removal *removal, const struct finding *finding,
		   const struct reaping *reaping, struct log *log)
{
	char why[VERDICT_ROOM];

	if (reaping->outcome == REAPED_STRAY) {
		record_stray(finding, reaping, log);
		return;
	}
	if (!reaping->done)
		return;
	if (!removal->why)
		policy_explain(removal->policy, finding, RULE_GARBAGE, why, sizeof(why));
	log_removal(log, deed(reaping), finding, removal->why ? removal->why : why);
}

/*
 * How many to remove at once, from the first that is given: so few, or with so little
 * memory to be freed, that nobody is kept out of any for long. And who kills us then has
 * the record of these at most.
 */
static size_t portion(const struct reaping *batch, size_t count)
{
	enum { SEGMENTS = 4096 };
	const uint64_t memory = 1 << 30; /* some 0.15 s */
	uint64_t sum = 0;
	size_t i = 0;

	for (; i < count && i < SEGMENTS; i++) {
		const struct segment *seen = &batch[i].seen;

		sum = segment_sum(sum,
				  seen->rss == SEGMENT_UNKNOWN ? seen->size : seen->rss);
		if (i > 0 && sum > memory)
			break;
	}
	return i;
}

/* Returns as reap_fenced(), with all signals blocked that were not *before. */
static int remove_all(struct removal *removal, struct reaping *batch, size_t count,
		      sigset_t *before)
{
	sigset_t all;

	if (removal->unused && removal->fence)
		return reap_fenced(batch, count, privilege_maps_all_users(),
				   &removal->patience, before);
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, before);
	for (size_t i = 0; i < count; i++)
		reap(&batch[i], removal->unused);
	return 1;
}

/* Remove a portion. No signal comes before the record. Returns as reap_fenced(). */
static int remove_portion(struct removal *removal, const struct finding *findings,
			  struct reaping *batch, size_t count, struct log *log)
{
	sigset_t before;
	int settled = remove_all(removal, batch, count, &before), error = errno;

	for (size_t i = 0; settled >= 0 && removal->log && i < count; i++)
		record(removal, &findings[i], &batch[i], log);
	sigprocmask(SIG_SETMASK, &before, NULL);
	errno = error;
	return settled;
}

/* Remove all, portion by portion. Returns 0; or -1 after a message, for nothing is done. */
static int remove_and_record(struct removal *removal, const struct findings *findings,
			     struct log *log)
{
	bool by_kernel = true;
	size_t count;

	for (size_t first = 0; first < removal->count; first += count) {
		struct reaping *batch = &removal->batch[first];
		int settled;

		count = portion(batch, removal->count - first);
		settled = remove_portion(removal, &findings->item[first], batch, count,
					 log);
		if (settled >= 0) {
			by_kernel = by_kernel && settled;
			continue;
		}
		if (first == 0) {
			warn("nothing was removed, as there can be no fence (see --no-fence)");
			return -1;
		}
		for (size_t i = 0; i < count; i++) {
			batch[i].outcome = REAPED_FAILED;
			batch[i].error = errno;
		}
	}
	/* Not before the record: whoever reads this may let us wait. */
	if (!by_kernel && removal->verbose)
		warnx("membarrier(2) is not available: waited for 50 ms instead");
	return 0;
}

/*
 * Who holds what could only be marked, and what was kept for it is in use: of that, gc does
 * not say it, and others decide how much there is to be searched.
 */
static void find_holders(struct removal *removal, size_t count)
{
	struct attach_search search = {.processes = &removal->survey->processes,
				       .describe = true};
	bool wanted = false;

	for (size_t i = 0; i < count; i++) {
		const struct reaping *reaping = &removal->batch[i];

		removal->held[i].id = reaping->seen.id;
		if (reaping->outcome != REAPED_MARKED &&
		    (reaping->outcome != REAPED_USED || removal->policy))
			continue;
		removal->held[i].nattch = reaping->now.nattch;
		removal->held[i].segment = &reaping->now;
		wanted = wanted || reaping->now.nattch;
	}
	if (wanted)
		holders_find(&search, removal->held, count);
}

void removal_recover(void)
{
	const size_t opened = fence_record_recover();

	if (opened)
		warnx("opened %zu segment%s that a removal that was killed had left closed",
		      opened, opened == 1 ? "" : "s");
}

int removal_run(struct removal *removal, const struct findings *findings)
{
	const size_t count = findings->count;
	struct log log;
	int result;

	removal->batch = calloc(count + 1, sizeof(removal->batch[0]));
	removal->held = calloc(count + 1, sizeof(removal->held[0]));
	if (!removal->batch || !removal->held) {
		warn(NULL);
		return -1;
	}
	removal->count = count;
	removal->patience = FENCE_PATIENCE;
	for (size_t i = 0; i < count; i++)
		removal->batch[i].seen = findings->item[i].segment;

	if (removal->log)
		prepare_record(removal, findings, &log);
	result = remove_and_record(removal, findings, &log);
	if (removal->log)
		removal->unrecorded = log_end(&log) != 0;
	if (result == 0)
		find_holders(removal, count);
	return result;
}

void removal_complain(const struct removal *removal, size_t i)
{
	const struct reaping *reaping = &removal->batch[i];
	const int id = reaping->seen.id;

	if (reaping->outcome == REAPED_MARKED) {
		fprintf(stderr,
			"%s: segment %d: marked only: %s attached it at the last moment: ",
			program_invocation_short_name, id,
			removal->fence ? "a privileged process" : "somebody");
		holders_put(&removal->held[i], stderr);
		fputc('\n', stderr);
	} else if (reaping->outcome == REAPED_STRAY) {
		changes_report_stray(&reaping->now, removal->names);
	} else if (reaping->done) {
		errno = reaping->error;
		warn("segment %d: %s, but which cannot be seen", id, deed(reaping));
	} else if (reaping->error == EOVERFLOW) {
		warnx("segment %d: its owner or group has no number in this user namespace (see --no-fence)",
		      id);
	} else if (reaping->error == EPERM) {
		warnx("segment %d: only its owner, its creator or root may remove it",
		      id);
	} else {
		errno = reaping->error;
		warn("segment %d", id);
	}
}

void removal_release(struct removal *removal)
{
	attach_release(removal->held, removal->count);
	free(removal->held);
	free(removal->batch);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shmtool rm: remove segments, in use or not, say which it was, and wait for their end. */
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/access.h"
#include "lib/attach.h"
#include "lib/procfs.h"
#include "lib/survey.h"

#include "ask.h"
#include "command.h"
#include "holders.h"
#include "names.h"
#include "privilege.h"
#include "removal.h"
#include "report.h"
#include "sandbox.h"
#include "selection.h"
#include "targets.h"
#include "wait.h"

struct rm_settings {
	struct selectors segments;
	struct guards guards;
	struct filter filter;
	bool unused, yes, dry_run, verbose, no_fence, no_log;
	int64_t wait; /* s; -1: not */
};

static const struct rm_settings defaults = {
	.guards = GUARDS_NONE,
	.filter = FILTER_ALL,
	.wait = -1,
};

static const struct option_row options[] = {
	{'m', "id", VALUE_SEGMENT_ID(struct rm_settings, segments),
	 "the segment with this id; may be repeated"},
	{'M', "key", VALUE_SEGMENT_KEY(struct rm_settings, segments),
	 "the segment with this key; may be repeated"},
	{0, "unused", VALUE_FLAG(struct rm_settings, unused),
	 "only if nobody has it attached"},
	GUARD_OPTIONS(struct rm_settings, guards),
	SELECTION_OPTIONS(struct rm_settings, filter),
	SELECTION_BY_PID(struct rm_settings, filter, "creator, last user or holder"),
	SELECTION_BY_KEY(struct rm_settings, filter, "keys"),
	SELECTION_KEYED_OR_OLD(struct rm_settings, filter),
	{'n', "dry-run", VALUE_FLAG(struct rm_settings, dry_run),
	 "only say what would be removed, also with --yes"},
	{'y', "yes", VALUE_FLAG(struct rm_settings, yes),
	 "remove what is selected without asking"},
	{'w', "wait", VALUE_WAIT(struct rm_settings, wait),
	 "wait until those that are marked have gone, for so long at most"},
	{'v', "verbose", VALUE_FLAG(struct rm_settings, verbose),
	 "say of each segment what it is"},
	{0, "no-fence", VALUE_FLAG(struct rm_settings, no_fence),
	 "with --unused, do not keep others from attaching while removing"},
	{0, "no-log", VALUE_FLAG(struct rm_settings, no_log),
	 "do not record in the system's log what is removed"},
	{0},
};

/* What rm works with. */
struct work {
	const struct rm_settings *settings;
	bool selected, in_doubt; /* whether some were left out, after a message */
	struct caller caller;
	struct survey *survey; /* elsewhere: it is large, and not to be cleared */
	struct names names;
	struct findings targets;
};

/*
 * Whether only what nobody has attached is to go: a selection by such a state means the
 * segments that are in it when they are removed, and not only when they are selected.
 */
static bool wants_unused(const struct rm_settings *settings)
{
	return settings->unused || filter_is_of_unattached(&settings->filter);
}

/* Returns 0, or EXIT_USAGE after a message. */
static int check_settings(const struct rm_settings *settings)
{
	const bool named = settings->segments.count;
	const bool selected = filter_is_set(&settings->filter);

	if (!named && !selected)
		return usage_error("missing operand: SEGMENT..., or options that select");
	if (named && selected)
		return usage_error("either name segments, or select them with options");
	if (selected && guards_are_set(&settings->guards))
		return usage_error("--if-... go with segments that are named");
	if (settings->no_fence && !wants_unused(settings))
		return usage_error(
			"--no-fence goes with --unused, --older-than, or --state orphan or idle");
	if (selected && !settings->dry_run && !settings->yes && !ask_is_possible())
		return usage_error("--yes is needed where there is nobody to be asked");
	return selection_check(&settings->filter);
}

/* Returns an exit status, as those that follow. */
static int find_targets(struct work *work)
{
	const struct rm_settings *settings = work->settings;
	int result = -1;

	if (!work->selected) {
		survey_begin(work->survey);
		return targets_named(&settings->segments, &settings->guards, work->survey,
				     &work->names, &work->targets);
	}
	if (survey_open(work->survey, PROCFS_SHM) == 0)
		result = targets_selected(&settings->filter, wants_unused(settings),
					  work->survey, &work->targets);
	else
		report_survey_failure(work->survey);
	work->in_doubt = result > 0;
	return result < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* What is to become of one, as a word for now and one for what would be. */
static const char *deed(const struct work *work, const struct segment *segment,
			bool planned)
{
	if (!access_remove(segment, &work->caller))
		return planned ? "cannot remove" : "try to remove";
	if (!segment->nattch)
		return planned ? "would remove" : "remove";
	if (wants_unused(work->settings))
		return planned ? "would keep" : "keep";
	return planned ? "would mark" : "mark";
}

static void show_targets(struct work *work, bool planned)
{
	char why[VERDICT_ROOM];

	for (size_t i = 0; i < work->targets.count; i++) {
		const struct finding *finding = &work->targets.item[i];

		verdict_explain(finding, why, sizeof(why));
		report_segment(deed(work, &finding->segment, planned), finding,
			       &work->names, why);
	}
}

static bool is_agreed(struct work *work)
{
	const struct findings *targets = &work->targets;
	size_t in_use = 0;

	show_targets(work, true);
	if (targets->count == 0) {
		puts("nothing is selected");
		return false;
	}
	for (size_t i = 0; i < targets->count; i++)
		in_use += targets->item[i].segment.nattch > 0;
	return ask_to_remove(targets->count, findings_size(targets), in_use);
}

static int report_kept(const struct reaping *reaping, const struct attachment *held)
{
	const int id = reaping->seen.id;

	if (reaping->outcome == REAPED_ABSENT) {
		warnx("segment %d: somebody else has just removed it", id);
	} else if (reaping->outcome == REAPED_CHANGED) {
		warnx("segment %d: kept, for it has just been changed: look again", id);
	} else if (held->nattch) {
		fprintf(stderr, "%s: segment %d: kept: in use, %" PRIu64 " attach%s: ",
			program_invocation_short_name, id, held->nattch,
			held->nattch == 1 ? "" : "es");
		holders_put(held, stderr);
		fputc('\n', stderr);
	} else {
		warnx("segment %d: kept, for it has just been used: look again", id);
	}
	return EXIT_FAILURE;
}

static int report(const struct removal *removal, size_t i)
{
	const struct reaping *reaping = &removal->batch[i];

	switch (reaping->outcome) {
	case REAPED_REMOVED:
		printf("segment %d: removed\n", reaping->seen.id);
		return EXIT_SUCCESS;
	case REAPED_MARKED:
		if (removal->unused)
			break;
		printf("segment %d: %s, ", reaping->seen.id,
		       reaping->seen.dest ? "already marked" : "marked");
		holders_put_rest(&removal->held[i], stdout);
		return EXIT_SUCCESS;
	case REAPED_ABSENT:
	case REAPED_CHANGED:
	case REAPED_USED:
		return report_kept(reaping, &removal->held[i]);
	case REAPED_STRAY:
	case REAPED_FAILED:
		break;
	}
	removal_complain(removal, i);
	return EXIT_FAILURE;
}

static int remove_targets(struct work *work)
{
	const struct rm_settings *settings = work->settings;
	struct removal removal = {
		.unused = wants_unused(settings),
		.fence = !settings->no_fence,
		.log = !settings->no_log,
		.verbose = settings->verbose,
		.why = work->selected ? "selected by options" : "named",
		.survey = work->survey,
		.names = &work->names,
	};
	int result = removal_run(&removal, &work->targets);
	int status = result || removal.unrecorded ? EXIT_FAILURE : EXIT_SUCCESS;

	for (size_t i = 0; result == 0 && i < removal.count; i++)
		if (report(&removal, i))
			status = EXIT_FAILURE;
	if (result == 0 && settings->wait >= 0 && wait_for_end(&removal, settings->wait))
		status = EXIT_FAILURE;
	removal_release(&removal);
	return status;
}

static int rm_run(void *argument)
{
	const struct rm_settings *settings = argument;
	struct survey survey;
	struct work work = {.settings = settings, .survey = &survey};
	int status = check_settings(settings);

	if (status)
		return status;
	work.selected = filter_is_set(&settings->filter);
	work.caller = (struct caller){
		.uid = geteuid(),
		.all_mapped = true, /* in doubt it is tried */
		.may_remove = privilege_over_all_segments(),
	};
	if (!settings->dry_run)
		removal_recover();
	status = find_targets(&work);
	if (settings->dry_run) {
		show_targets(&work, true);
	} else if (!work.selected || status == EXIT_SUCCESS) {
		/* Who is asked is shown them then. */
		if (settings->verbose && (!work.selected || settings->yes))
			show_targets(&work, false);
		if (!work.selected || settings->yes || is_agreed(&work))
			status |= remove_targets(&work);
	}
	report_silent(&survey.processes);
	survey_close(&survey);
	findings_release(&work.targets);
	names_release(&work.names);
	return work.in_doubt ? EXIT_FAILURE : status;
}

const struct command command_rm = {
	.name = "rm",
	.alias = "remove",
	.summary = "remove segments, or mark those in use to go with their last attach",
	.operands = {"[SEGMENT]...", 0, INT_MAX,
		     VALUE_SEGMENT(struct rm_settings, segments)},
	.options = options,
	.defaults = &defaults,
	.size = sizeof(struct rm_settings),
	.privileges = PRIVILEGE_SYS_ADMIN | PRIVILEGE_SYS_PTRACE |
		      PRIVILEGE_DAC_READ_SEARCH,
	.may = MAY_CHANGE | MAY_REMOVE | MAY_SEE_PROCESSES | MAY_RECORD,
	.run = rm_run,
};

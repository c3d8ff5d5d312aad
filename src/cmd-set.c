/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shmtool set: change the permissions, the owner and the lock of segments. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/access.h"
#include "lib/change.h"
#include "lib/fence.h"
#include "lib/survey.h"
#include "lib/unmapped.h"

#include "changes.h"
#include "command.h"
#include "names.h"
#include "privilege.h"
#include "removal.h"
#include "sandbox.h"
#include "selection.h"
#include "targets.h"

struct set_settings {
	struct selectors segments;
	struct guards guards;
	struct wish wish;
	bool dry_run, verbose;
};

static const struct set_settings defaults = {
	.guards = GUARDS_NONE,
	.wish = {.mode = WISH_ANY_MODE},
};

static const struct option_row options[] = {
	{'m', "id", VALUE_SEGMENT_ID(struct set_settings, segments),
	 "the segment with this id; may be repeated"},
	{'M', "key", VALUE_SEGMENT_KEY(struct set_settings, segments),
	 "the segment with this key; may be repeated"},
	{'p', "mode", VALUE_MODE(struct set_settings, wish.mode),
	 "give it these permissions, all nine"},
	{'u', "owner", VALUE_USER(struct set_settings, wish.owner),
	 "give it to this user"},
	{'g', "group", VALUE_GROUP(struct set_settings, wish.group),
	 "give it to this group"},
	{0, "lock", VALUE_FLAG(struct set_settings, wish.lock),
	 "keep it in memory: it is not swapped"},
	{0, "unlock", VALUE_FLAG(struct set_settings, wish.unlock),
	 "let it be swapped again"},
	GUARD_OPTIONS(struct set_settings, guards),
	{'n', "dry-run", VALUE_FLAG(struct set_settings, dry_run),
	 "only say what would be changed"},
	{'v', "verbose", VALUE_FLAG(struct set_settings, verbose),
	 "say of each segment what it was before and is now"},
	{0},
};

/* What set works with. */
struct work {
	const struct set_settings *settings;
	struct names names;
	struct findings targets;
	struct caller setter, locker; /* who asks, as what he is for each of both */
	bool all_mapped;
};

/* Whether the kernel would let the caller, as far as that can be said before. */
static bool is_allowed(const struct work *work, const struct segment *before,
		       const struct segment *after)
{
	struct segment locked = *before;

	if (wish_sets(&work->settings->wish) && !work->all_mapped &&
	    unmapped_owns(unmapped_read(), before))
		return false;
	if (before->locked != after->locked && !access_remove(before, &work->locker))
		return false;
	locked.locked = after->locked;
	return change_is_none(&locked, after) || access_remove(before, &work->setter);
}

static void show_plan(struct work *work, const struct segment *segment)
{
	const struct segment wanted = wish_applied(&work->settings->wish, segment);

	if (change_is_none(segment, &wanted)) {
		printf("segment %d: nothing to change\n", segment->id);
		return;
	}
	printf("segment %d: %s ", segment->id,
	       is_allowed(work, segment, &wanted) ? "would change" : "cannot change");
	changes_put(segment, &wanted, &work->names, stdout);
}

/* Returns an exit status. */
static int change_one(struct work *work, const struct segment *segment)
{
	struct changing changing = {.seen = *segment};
	const bool verbose = work->settings->verbose;

	change(&changing, &work->settings->wish, work->all_mapped);
	if (changing.outcome == CHANGED_DONE && verbose) {
		printf("segment %d: ", segment->id);
		changes_put(&changing.before, &changing.now, &work->names, stdout);
	} else if (changing.outcome == CHANGED_NOTHING && verbose) {
		printf("segment %d: nothing to change\n", segment->id);
	}
	changes_complain(&changing, access_remove(&changing.before, &work->locker),
			 &work->names);
	return changing.outcome == CHANGED_DONE || changing.outcome == CHANGED_NOTHING
		       ? EXIT_SUCCESS
		       : EXIT_FAILURE;
}

static int set_run(void *argument)
{
	const struct set_settings *settings = argument;
	struct work work = {.settings = settings,
			    .all_mapped = privilege_maps_all_users()};
	int status, fence, patience = FENCE_PATIENCE;

	if (settings->wish.lock && settings->wish.unlock)
		return usage_error("--lock and --unlock exclude each other");
	if (!wish_is_set(&settings->wish))
		return usage_error(
			"say what to change: --mode, --owner, --group, --lock or --unlock");
	work.setter = (struct caller){.uid = geteuid(),
				      .all_mapped = work.all_mapped,
				      .may_remove = privilege_over_all_segments()};
	work.locker = work.setter;
	work.locker.may_remove = privilege_locks_all_segments();

	/* Behind the fence of a removal everything has mode 0. */
	fence = settings->dry_run ? -1 : fence_lock(&patience);
	if (!settings->dry_run)
		removal_recover();
	status = targets_named(&settings->segments, &settings->guards, NULL, &work.names,
			       &work.targets);
	for (size_t i = 0; i < work.targets.count; i++) {
		const struct segment *segment = &work.targets.item[i].segment;

		if (settings->dry_run)
			show_plan(&work, segment);
		else if (change_one(&work, segment))
			status = EXIT_FAILURE;
	}
	if (fence >= 0)
		close(fence);
	findings_release(&work.targets);
	names_release(&work.names);
	return status;
}

const struct command command_set = {
	.name = "set",
	.summary = "change the permissions, the owner, the group or the lock of segments",
	.operands = {"SEGMENT...", 1, INT_MAX,
		     VALUE_SEGMENT(struct set_settings, segments)},
	.options = options,
	.defaults = &defaults,
	.size = sizeof(struct set_settings),
	.privileges = PRIVILEGE_SYS_ADMIN | PRIVILEGE_IPC_LOCK,
	.may = MAY_CHANGE | MAY_LOCK | MAY_RECORD,
	.run = set_run,
};

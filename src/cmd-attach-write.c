/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shmtool attach-write: bytes from a file, or from standard input, into a segment. */
#include <err.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/content.h"
#include "lib/fence.h"
#include "lib/survey.h"

#include "attaching.h"
#include "command.h"
#include "filling.h"
#include "names.h"
#include "part.h"
#include "privilege.h"
#include "sandbox.h"
#include "selection.h"
#include "sync.h"
#include "targets.h"
#include "value-fill.h"

struct attach_write_settings {
	struct selectors segments;
	struct guards guards;
	const char *from;
	struct some_byte fill;
	struct window window;
	struct sync_settings sync;
	bool zero, exact, stream, verify, progress, dry_run, verbose;
	struct filling filling; /* opened by prepare() */
};

static const struct attach_write_settings defaults = {
	.guards = GUARDS_NONE,
	.window = PART_WHOLE,
	.sync = SYNC_NONE,
	.filling = FILLING_NONE,
};

static const struct option_row options[] = {
	{'m', "id", VALUE_SEGMENT_ID(struct attach_write_settings, segments),
	 "the segment with this id"},
	{'M', "key", VALUE_SEGMENT_KEY(struct attach_write_settings, segments),
	 "the segment with this key"},
	{0, "from", VALUE_PATH(struct attach_write_settings, from),
	 "write this file (default -, standard input)"},
	{0, "fill", VALUE_BYTE(struct attach_write_settings, fill),
	 "write this byte, everywhere"},
	{0, "zero", VALUE_FLAG(struct attach_write_settings, zero),
	 "write zeros, and give the memory back"},
	PART_OPTIONS(struct attach_write_settings, window, "write from",
		     "write no more than"),
	{0, "exact", VALUE_FLAG(struct attach_write_settings, exact),
	 "the input must be as long as that"},
	{0, "stream", VALUE_FLAG(struct attach_write_settings, stream),
	 "write while it is read, without knowing whether it fits"},
	{0, "verify", VALUE_FLAG(struct attach_write_settings, verify),
	 "read it back, and compare"},
	SYNC_OPTIONS(struct attach_write_settings, sync),
	GUARD_OPTIONS(struct attach_write_settings, guards),
	{0, "progress", VALUE_FLAG(struct attach_write_settings, progress),
	 "show how far it is, also where stderr is no terminal"},
	{'n', "dry-run", VALUE_FLAG(struct attach_write_settings, dry_run),
	 "only say what would be written"},
	{'v', "verbose", VALUE_FLAG(struct attach_write_settings, verbose),
	 "say what was written"},
	{0},
};

static int check_settings(const struct attach_write_settings *settings)
{
	const bool reads = !settings->zero && !settings->fill.set;

	if (!!settings->from + settings->fill.set + settings->zero > 1)
		return usage_error("--from, --fill and --zero exclude each other");
	if (!reads && (settings->exact || settings->stream))
		return usage_error("--exact and --stream are for input, not for --%s",
				   settings->zero ? "zero" : "fill");
	if (settings->stream && (settings->exact || settings->verify))
		return usage_error(
			"--stream excludes --%s: what is read is gone, and written",
			settings->exact ? "exact" : "verify");
	return sync_check(&settings->sync);
}

static int open_input(struct attach_write_settings *settings)
{
	struct filling *filling = &settings->filling;

	filling->shows_progress = settings->progress;
	filling->verifies = settings->verify;
	if (settings->zero)
		return filling_open_zeros(filling);
	if (settings->fill.set)
		return filling_open_byte(filling, settings->fill.byte);
	if (filling_open(filling, settings->from))
		return EXIT_FAILURE;
	if (settings->stream)
		filling->input.kind = INPUT_STREAM;
	return 0;
}

static int prepare(void *argument)
{
	struct attach_write_settings *settings = argument;
	int status = check_settings(settings);

	if (!status)
		status = open_input(settings);
	/* It may make the file. */
	if (!status && !settings->dry_run)
		status = sync_prepare(&settings->sync);
	return status;
}

/* What attach-write works with. */
struct work {
	const struct attach_write_settings *settings;
	struct filling *filling;
	struct names names;
	struct segment segment; /* as it was looked up */
	struct window window;	/* where it is written to */
	struct content content;
};

/* Returns an exit status, as those that follow. */
static int find_segment(struct work *work)
{
	struct findings found = {0};
	int status = targets_named(&work->settings->segments, &work->settings->guards,
				   NULL, &work->names, &found);

	if (found.count)
		work->segment = found.item[0].segment;
	findings_release(&found);
	return status;
}

/* Have the input ready, and the window as long as it is. */
static int measure(struct work *work)
{
	const uint64_t room = work->window.length;
	struct filling *filling = work->filling;

	if (work->settings->stream || work->settings->zero || work->settings->fill.set)
		return 0;
	if (filling_measure(filling, room))
		return EXIT_FAILURE;
	work->window.length = filling->input.length;
	if (!work->settings->exact || filling->input.length == room)
		return 0;
	warnx("the input is too short: %" PRIu64 " bytes, and --exact wants %" PRIu64,
	      filling->input.length, room);
	return EXIT_FAILURE;
}

static void say(const struct work *work, const char *deed)
{
	printf("%s %" PRIu64 " byte%s at offset %" PRIu64 " of segment %d\n", deed,
	       work->window.length, work->window.length == 1 ? "" : "s",
	       work->window.offset, work->segment.id);
}

static int write_it(struct work *work)
{
	struct sync sync;
	int status, patience = FENCE_PATIENCE;

	if (sync_take(&sync, &work->settings->sync, SYNC_EXCLUSIVE))
		return EXIT_FAILURE;
	status = attaching_open(&work->content, &work->segment, true, &patience)
			 ? EXIT_FAILURE
			 : 0;
	if (!status)
		status = filling_write(work->filling, &work->content, &work->window);
	if (!status && work->settings->verify)
		status = filling_verify(work->filling, &work->content, &work->window);
	content_close(&work->content);
	if (sync_give(&sync))
		status = EXIT_FAILURE;
	if (!status && work->settings->verbose)
		say(work, "wrote");
	return status;
}

static int attach_write_run(void *argument)
{
	struct attach_write_settings *settings = argument;
	struct work work = {.settings = settings,
			    .filling = &settings->filling,
			    .window = settings->window,
			    .content = {.file = -1}};
	int status = find_segment(&work);

	if (!status && (part_fit(&work.window, &work.segment) ||
			attaching_check(&work.segment, !settings->dry_run)))
		status = EXIT_FAILURE;
	if (!status)
		status = measure(&work);
	if (!status && settings->dry_run)
		say(&work, settings->stream ? "would write up to" : "would write");
	else if (!status)
		status = write_it(&work);
	names_release(&work.names);
	return status;
}

static void release(void *argument)
{
	struct attach_write_settings *settings = argument;

	filling_close(&settings->filling);
	sync_release(&settings->sync);
}

const struct command command_attach_write = {
	.name = "attach-write",
	.summary = "write a file, or what is read, into a segment",
	.operands = {"SEGMENT", 1, 1,
		     VALUE_SEGMENT(struct attach_write_settings, segments)},
	.options = options,
	.defaults = &defaults,
	.size = sizeof(struct attach_write_settings),
	.prepare = prepare,
	.privileges = PRIVILEGE_IPC_OWNER | PRIVILEGE_CHECKPOINT_RESTORE,
	.may = MAY_WRITE,
	.run = attach_write_run,
	.release = release,
};

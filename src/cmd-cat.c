/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shmtool cat: what is in segments, to stdout or into a file. */
#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/survey.h"

#include "command.h"
#include "names.h"
#include "option.h"
#include "part.h"
#include "pour.h"
#include "privilege.h"
#include "replace.h"
#include "sandbox.h"
#include "selection.h"
#include "source.h"
#include "sync.h"
#include "targets.h"

struct cat_settings {
	struct selectors segments;
	struct guards guards;
	struct window window;
	const char *output; /* NULL: stdout */
	struct sync_settings sync;
	bool raw, hex, strings, copy, progress, verbose;

	struct replace replace; /* begun in prepare(), if there is an output */
};

static const struct cat_settings defaults = {
	.guards = GUARDS_NONE,
	.window = PART_WHOLE,
	.sync = SYNC_NONE,
	.replace = REPLACE_NONE,
};

static const struct option_row options[] = {
	{'m', "id", VALUE_SEGMENT_ID(struct cat_settings, segments),
	 "the segment with this id; may be repeated"},
	{'M', "key", VALUE_SEGMENT_KEY(struct cat_settings, segments),
	 "the segment with this key; may be repeated"},
	PART_OPTIONS(struct cat_settings, window, "read from", "read"),
	{'o', "output", VALUE_PATH(struct cat_settings, output),
	 "into this file, which is there when it is complete"},
	{'x', "hex", VALUE_FLAG(struct cat_settings, hex),
	 "offsets, bytes in hex and as text; so it is on a terminal"},
	{'r', "raw", VALUE_FLAG(struct cat_settings, raw),
	 "the bytes, also on a terminal"},
	{0, "strings", VALUE_FLAG(struct cat_settings, strings),
	 "only what is text, with its offset"},
	{0, "copy", VALUE_FLAG(struct cat_settings, copy),
	 "the bytes as they are when they are read, also into a pipe"},
	SYNC_OPTIONS(struct cat_settings, sync),
	GUARD_OPTIONS(struct cat_settings, guards),
	{0, "progress", VALUE_FLAG(struct cat_settings, progress),
	 "say on stderr how far it is"},
	{'v', "verbose", VALUE_FLAG(struct cat_settings, verbose),
	 "say how each segment is read, and what that changes about it"},
	{0},
};

/* Returns 0, or -1 after a message. */
static int begin_output(struct replace *replace, const char *path)
{
	if (replace_begin(replace, path, 0600) >= 0)
		return 0;
	pour_complain(path);
	return -1;
}

static int cat_prepare(void *argument)
{
	struct cat_settings *settings = argument;

	if (settings->raw + settings->hex + settings->strings > 1)
		return usage_error("--raw, --hex and --strings exclude each other");
	if (sync_check(&settings->sync))
		return EXIT_USAGE;
	if (sync_prepare(&settings->sync))
		return EXIT_FAILURE;
	if (settings->output && begin_output(&settings->replace, settings->output))
		return EXIT_FAILURE;
	/* With a name it makes signals wait: not as long as locks do. See pour_all(). */
	if (settings->replace.is_named)
		replace_abandon(&settings->replace);
	return EXIT_SUCCESS;
}

/* What cat works with. */
struct work {
	struct cat_settings *settings;
	struct sources sources;
};

static enum form choose_form(const struct cat_settings *settings)
{
	if (settings->strings)
		return FORM_STRINGS;
	if (settings->hex)
		return FORM_HEX;
	return settings->raw || settings->output || !isatty(STDOUT_FILENO) ? FORM_RAW
									   : FORM_HEX;
}

/*
 * Nobody may do more with the file than with all the segments, nor than the umask lets him.
 * The group of the file, that of the caller or of the directory, may be another one than the
 * segment's: then its members are others there, and the segment's are others here.
 */
static mode_t output_mode(const struct sources *sources, gid_t group)
{
	mode_t mask = umask(0), mode = 066;

	umask(mask);
	for (size_t i = 0; i < sources->count; i++) {
		const struct segment *segment = &sources->item[i].content.segment;
		const mode_t others = segment->mode & segment->mode >> 3 & 06;
		const bool same = group == segment->gid || group == segment->cgid;

		mode &= others | (same ? segment->mode & 060 : others << 3);
	}
	return (0600 | mode) & ~mask;
}

static int put_in_place(struct work *work)
{
	struct replace *replace = &work->settings->replace;
	struct stat file;

	if (fstat(replace->file, &file) == 0 &&
	    replace_set_mode(replace, output_mode(&work->sources, file.st_gid)) == 0 &&
	    replace_commit(replace) == 0)
		return 0;
	pour_complain(work->settings->output);
	return -1;
}

/*
 * What it took to find out who has the segments attached, and to attach them, is not needed
 * any more; and what it takes to put a file into any directory is, only if there is a file.
 * Returns 0, or -1 after a message.
 */
static int give_up_more(bool writes_file)
{
	const unsigned int left = PRIVILEGE_IPC_OWNER | PRIVILEGE_CHECKPOINT_RESTORE;

	if (privilege_keep(writes_file ? left | PRIVILEGE_DAC_OVERRIDE : left) == 0 &&
	    sandbox_enter(writes_file ? MAY_WRITE_FILES : 0) == 0)
		return 0;
	warnx("cannot give up privileges, so nothing was done");
	return -1;
}

/* Returns 0, or -1 after a message. */
static int pour_all(struct work *work)
{
	const struct cat_settings *settings = work->settings;
	struct replace *replace = &work->settings->replace;
	struct pouring pouring = {
		.sources = &work->sources,
		.form = choose_form(settings),
		.copy = settings->copy || sync_is_wanted(&settings->sync),
		.to = STDOUT_FILENO,
		.shows_progress = settings->progress,
	};

	if (settings->output) {
		if (replace->file < 0 && begin_output(replace, settings->output))
			return -1;
		pouring.output = settings->output;
		pouring.replace = replace;
		pouring.to = replace->file;
	}
	return pour(&pouring);
}

/* Returns 0, or -1 after a message. */
static int read_all(struct work *work, const struct findings *targets)
{
	const struct cat_settings *settings = work->settings;
	struct sync sync;
	int result;

	if (sources_open(&work->sources, targets, &settings->window,
			 privilege_held() & PRIVILEGE_CHECKPOINT_RESTORE))
		return -1;
	if (give_up_more(settings->output))
		return -1;
	if (settings->verbose)
		sources_say(&work->sources);
	if (sync_take(&sync, &settings->sync, SYNC_SHARED))
		return -1;
	result = pour_all(work);
	if (sync_give(&sync))
		result = -1;
	return result == 0 && settings->output ? put_in_place(work) : result;
}

static int cat_run(void *argument)
{
	struct cat_settings *settings = argument;
	struct work work = {.settings = settings};
	struct findings targets = {0};
	struct names names = {0};
	int status = targets_named(&settings->segments, &settings->guards, NULL, &names,
				   &targets);

	/* All of them, or nothing: what is missing would not show. */
	if (status == EXIT_SUCCESS && read_all(&work, &targets))
		status = EXIT_FAILURE;
	sources_close(&work.sources);
	findings_release(&targets);
	names_release(&names);
	return status;
}

static void cat_release(void *argument)
{
	struct cat_settings *settings = argument;

	replace_abandon(&settings->replace);
	sync_release(&settings->sync);
}

const struct command command_cat = {
	.name = "cat",
	.summary = "write out what is in segments",
	.operands = {"SEGMENT...", 1, INT_MAX,
		     VALUE_SEGMENT(struct cat_settings, segments)},
	.options = options,
	.defaults = &defaults,
	.size = sizeof(struct cat_settings),
	.prepare = cat_prepare,
	.privileges = PRIVILEGE_IPC_OWNER | PRIVILEGE_CHECKPOINT_RESTORE |
		      PRIVILEGE_SYS_PTRACE | PRIVILEGE_DAC_OVERRIDE,
	.may = MAY_ATTACH | MAY_SEE_PROCESSES | MAY_WRITE_FILES,
	.run = cat_run,
	.release = cat_release,
};

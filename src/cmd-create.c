/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shmtool create: a new segment, or one that is there already, and its id on stdout. */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/ftok.h"
#include "lib/unmapped.h"

#include "command.h"
#include "creation.h"
#include "filling.h"
#include "listing.h"
#include "option.h"
#include "output.h"
#include "place.h"
#include "privilege.h"
#include "sandbox.h"
#include "value-create.h"

struct create_settings {
	struct wanted wanted; /* of size 0: not given, or given as 0, which is refused */
	const char *from;
	struct filling filling; /* opened by prepare(), if there is a from */
	struct ownership owner;
	struct ftok_file ftok;
	bool exclusive, reuse;
	const char *id_file;
	bool verbose, json;
	struct columns columns; /* none: the id alone, or the default of --json */
};

static const struct create_settings defaults = {
	.wanted.request.mode = 0600,
	.wanted.wish.mode = WISH_ANY_MODE,
	.filling = FILLING_NONE,
};

static const struct option_row options[] = {
	{'s', "size", VALUE_SIZE(struct create_settings, wanted.request.size),
	 "how large; required without --from"},
	{0, "from", VALUE_PATH(struct create_settings, from),
	 "begin with what is in this file; -: in standard input"},
	{'k', "key", VALUE_KEY(struct create_settings, wanted.request.key),
	 "the key that programs find it by; without one it is private"},
	{0, "ftok", VALUE_FTOK(struct create_settings, ftok),
	 "with the key that ftok(3) makes of this file"},
	{'p', "mode", VALUE_MODE(struct create_settings, wanted.request.mode),
	 "permissions (default 0600)"},
	{'u', "owner", VALUE_OWNERSHIP(struct create_settings, owner),
	 "give it to this user, and group"},
	{0, "huge", VALUE_HUGE(struct create_settings, wanted.request.huge),
	 "of huge pages, of this size or the default one"},
	{0, "noreserve", VALUE_FLAG(struct create_settings, wanted.request.no_reserve),
	 "account for memory only when it is used"},
	{0, "populate", VALUE_FLAG(struct create_settings, wanted.populate),
	 "with all its memory there from the beginning"},
	{0, "lock", VALUE_FLAG(struct create_settings, wanted.wish.lock),
	 "keep it in memory: it is not swapped"},
	{'x', "exclusive", VALUE_FLAG(struct create_settings, exclusive),
	 "fail if the key is in use; this is the default"},
	{0, "reuse", VALUE_FLAG(struct create_settings, reuse),
	 "take the segment that has the key, if it fits"},
	{0, "id-file", VALUE_PATH(struct create_settings, id_file),
	 "take the segment that this file names, if it fits, else record its id there"},
	{0, "print", VALUE_COLUMNS(struct create_settings, columns),
	 "print these columns of list, instead of the id"},
	{'J', "json", VALUE_FLAG(struct create_settings, json),
	 "write a JSON document, as list does"},
	{'v', "verbose", VALUE_FLAG(struct create_settings, verbose),
	 "say whether it was made or reused, and why"},
	{0},
};

static void more_help(FILE *file)
{
	fputs("\nCOLUMNS are those of 'shmtool list --help'.\n", file);
}

/* Returns 0, or EXIT_USAGE after a message. */
static int check_settings(const struct create_settings *settings)
{
	const struct sysv_request *request = &settings->wanted.request;

	if (request->size == 0 && !settings->from)
		return usage_error(
			"a size of 1 or more is required: give it with --size");
	if (request->key && settings->ftok.path)
		return usage_error("--key and --ftok exclude each other");
	if (settings->reuse && settings->exclusive)
		return usage_error("--reuse and --exclusive exclude each other");
	if (settings->reuse && !request->key && !settings->ftok.path)
		return usage_error("--reuse goes with --key or --ftok");
	if (settings->id_file && settings->exclusive)
		return usage_error("--id-file and --exclusive exclude each other");
	return 0;
}

/*
 * The directories on the way to a file may be closed to who has no privileges any more.
 * (The file of --id-file is opened later, and again and again: id-file.h.)
 */
static int create_prepare(void *argument)
{
	struct create_settings *settings = argument;
	const struct ftok_file *ftok = &settings->ftok;
	const int status = check_settings(settings);
	struct stat stat;

	if (status)
		return status;
	settings->wanted.wish.owner = settings->owner.user;
	settings->wanted.wish.group = settings->owner.group;
	if (settings->from && filling_open(&settings->filling, settings->from))
		return EXIT_FAILURE;
	if (!ftok->path)
		return 0;
	if (fstatat(AT_FDCWD, ftok->path, &stat, 0)) {
		place_error(&(struct place){.file = ftok->path}, "%s", strerror(errno));
		return EXIT_FAILURE;
	}
	/* With a proj, it is not 0. */
	settings->wanted.request.key = ftok_key(stat.st_ino, stat.st_dev, ftok->proj);
	return 0;
}

static struct need need_of(const struct create_settings *settings)
{
	const struct ownership *owner = &settings->owner;

	return (struct need){
		.size = settings->wanted.request.size,
		.owner = owner->user.set ? owner->user.id : geteuid(),
		.group = owner->group,
		.caller = geteuid(),
		.unmapped = privilege_maps_all_users() ? UINT64_MAX
						       : unmapped_read().user,
	};
}

/* Returns an exit status. */
static int print(const struct create_settings *settings, int id)
{
	struct selector selector = {.id = id};
	const struct request request = {
		.segments = {&selector, 1},
		.filter = FILTER_ALL,
	};
	struct output output = {
		.format = settings->json ? OUTPUT_JSON : OUTPUT_RAW,
		.columns = settings->columns.count ? settings->columns
						   : columns_default(),
		.no_headings = true,
	};
	int status = EXIT_SUCCESS;

	if (settings->columns.count || settings->json)
		status = listing_run(&request, &output);
	else
		printf("%d\n", id);
	return fflush(stdout) ? EXIT_FAILURE : status;
}

/*
 * Have what it begins with ready, and its size, unless that was given. Nothing is made by
 * then. Returns 0, or -1 after a message.
 */
static int measure(struct create_settings *settings)
{
	struct sysv_request *request = &settings->wanted.request;
	struct filling *filling = &settings->filling;

	if (!settings->from)
		return 0;
	if (filling_measure(filling, request->size ? request->size : INT64_MAX))
		return -1;
	if (request->size == 0)
		request->size = filling->input.length;
	if (request->size == 0) {
		warnx("there is nothing to begin with: without --size a segment would have 0 bytes");
		return -1;
	}
	settings->wanted.filling = filling;
	return 0;
}

static int create_run(void *argument)
{
	struct create_settings *settings = argument;
	struct creation creation = {
		.reuse = settings->reuse,
		.id_file = settings->id_file,
		.verbose = settings->verbose,
	};
	int status = EXIT_FAILURE;

	if (measure(settings))
		return status;
	creation.wanted = settings->wanted;
	creation.need = need_of(settings);
	if (creation_begin(&creation) == 0)
		status = print(settings, creation.segment.id);
	creation_end(&creation, status == EXIT_SUCCESS);
	return status;
}

static void create_release(void *argument)
{
	struct create_settings *settings = argument;

	filling_close(&settings->filling);
}

const struct command command_create = {
	.name = "create",
	.summary = "make a segment and print its id",
	.options = options,
	.more_help = more_help,
	.defaults = &defaults,
	.size = sizeof(struct create_settings),
	.prepare = create_prepare,
	.privileges = PRIVILEGE_IPC_LOCK,
	.may = MAY_CREATE | MAY_WRITE | MAY_CHANGE | MAY_LOCK | MAY_REMOVE |
	       MAY_WRITE_FILES,
	.run = create_run,
	.release = create_release,
};

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shmtool key: the key that ftok(3) makes of a file, and the files that make a key. */
#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "lib/ftok.h"
#include "lib/number.h"
#include "lib/walk.h"

#include "command.h"
#include "format.h"
#include "option.h"
#include "place.h"
#include "privilege.h"
#include "progress.h"
#include "value.h"

struct key_settings {
	struct paths operands; /* PATH [PROJ], or DIR... with --find */
	uint32_t find;	       /* 0: not given */
	bool one_file_system, null;
};

static const struct option_row options[] = {
	{'f', "find", VALUE_KEY(struct key_settings, find),
	 "say which files below the directories make this key"},
	{'x', "one-file-system", VALUE_FLAG(struct key_settings, one_file_system),
	 "with --find, do not go into other file systems"},
	{'0', "null", VALUE_FLAG(struct key_settings, null),
	 "with --find, print names alone, as they are, each with a NUL after it"},
	{0},
};

#define PROJ_EXPECTED "a number from 1 to 255, or one character such as R"

static void more_help(FILE *file)
{
	fputs("\nPROJ is " PROJ_EXPECTED "; without it, 1.\n", file);
}

struct search {
	struct walk walk;
	uint32_t key;
	bool null;
	struct progress progress;
	uint64_t found, failed;
};

/* A message about a file, whose name is anybody's. */
static void complain(const char *path, const char *text)
{
	place_error(&(struct place){.file = path}, "%s", text);
}

static int print_key(const char *path, uint8_t proj)
{
	char text[FORMAT_ROOM];
	struct stat stat;

	if (fstatat(AT_FDCWD, path, &stat, 0)) {
		complain(path, strerror(errno));
		return EXIT_FAILURE;
	}
	format_key(ftok_key(stat.st_ino, stat.st_dev, proj), text);
	puts(text);
	return EXIT_SUCCESS;
}

static void show_progress(struct search *search)
{
	if (progress_due(&search->progress))
		progress_show(&search->progress,
			      "%" PRIu64 " files searched, %" PRIu64 " found",
			      search->walk.entries, search->found);
}

/* Returns 0, or -1 if nobody can read it: to search on would be in vain. */
static int print_found(struct search *search)
{
	const uint8_t proj = ftok_proj(search->key);

	progress_erase(&search->progress);
	search->found++;
	if (search->null) {
		fwrite(search->walk.path, 1, strlen(search->walk.path) + 1, stdout);
	} else {
		/* In any locale: whoever wrote it as a character wrote it in ASCII. */
		if (proj > ' ' && proj <= '~' && !isdigit(proj))
			printf("PROJ %u (%c): ", proj, proj);
		else
			printf("PROJ %u: ", proj);
		format_put_safe(search->walk.path, stdout);
		putchar('\n');
	}
	/* A search takes its time: what is found is shown at once. */
	if (fflush(stdout) == 0)
		return 0;
	/* What failed may not be tried again: this is, so that the end knows the reason. */
	putchar('\n');
	return -1;
}

/* What is no failure. */
static void report_passed(struct search *search, int event)
{
	progress_erase(&search->progress);
	complain(search->walk.path,
		 event == WALK_LONG
			 ? "not searched: paths below it are too long for ftok(3)"
			 : "not searched, unless it is named: an automount or proc");
}

static void report_unread(struct search *search, const char *path, int error)
{
	progress_erase(&search->progress);
	complain(path, strerror(error));
	search->failed++;
}

/* Returns 0, or -1 if the search cannot go on. */
static int search_directory(struct search *search, const char *directory)
{
	struct walk *walk = &search->walk;
	int event;

	if (walk_open(walk, directory)) {
		report_unread(search, directory, errno);
		return 0;
	}
	while ((event = walk_next(walk)) > WALK_END) {
		if (event == WALK_FILE &&
		    ftok_makes(search->key, walk->file_inode, walk->file_device) &&
		    print_found(search))
			return -1;
		if (event == WALK_FAILED)
			report_unread(search, walk->path, walk->error);
		if (event == WALK_PASSED || event == WALK_LONG)
			report_passed(search, event);
		show_progress(search);
	}
	if (event < 0) {
		progress_erase(&search->progress);
		warn(NULL);
	}
	return event;
}

/* A directory is open for each level of the tree. */
static void allow_many_levels(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static int find_key(const struct key_settings *settings)
{
	struct search search = {
		.walk.inode = ftok_inode(settings->find),
		.walk.one_file_system = settings->one_file_system,
		.key = settings->find,
		.null = settings->null,
	};
	int result = 0;

	progress_begin(&search.progress, false);
	allow_many_levels();
	walk_init(&search.walk);
	for (size_t i = 0; i < settings->operands.count && result == 0; i++)
		result = search_directory(&search, settings->operands.item[i]);
	progress_end(&search.progress);
	walk_release(&search.walk);
	if (result == 0 && search.failed)
		warnx("%" PRIu64 " could not be searched", search.failed);
	if (result == 0 && !search.found)
		warnx("key 0x%08" PRIx32 ": no file found that makes it", settings->find);
	return result || search.failed || !search.found ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* Returns 0, or EXIT_USAGE after a message. */
static int check_settings(const struct key_settings *settings, uint8_t *proj)
{
	const struct paths *operands = &settings->operands;

	if (settings->find)
		return 0;
	if (settings->one_file_system || settings->null)
		return usage_error("--one-file-system and --null go with --find");
	if (operands->count > 2)
		return usage_error("unexpected operand '%s'", operands->item[2]);
	if (operands->count == 2 && number_proj(operands->item[1], proj))
		return usage_error("'%s'%s: expected " PROJ_EXPECTED "%s",
				   operands->item[1],
				   errno == ERANGE ? " is out of range" : "",
				   errno == ERANGE ? "" : "; ftok(3) leaves 0 undefined");
	return 0;
}

static int key_run(void *argument)
{
	const struct key_settings *settings = argument;
	uint8_t proj = FTOK_PROJ_DEFAULT;
	int status = check_settings(settings, &proj);

	if (status)
		return status;
	if (settings->find)
		return find_key(settings);
	return print_key(settings->operands.item[0], proj);
}

const struct command command_key = {
	.name = "key",
	.summary =
		"print the key that ftok(3) makes of a file, or find the files of a key",
	.operands = {"PATH [PROJ] | --find KEY DIR...", 1, INT_MAX,
		     VALUE_PATHS(struct key_settings, operands)},
	.options = options,
	.more_help = more_help,
	.size = sizeof(struct key_settings),
	/* Root without it passes no directory that its owner has closed. */
	.privileges = PRIVILEGE_DAC_READ_SEARCH,
	.run = key_run,
};

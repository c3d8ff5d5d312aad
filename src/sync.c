/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sync.h"

#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/deadline.h"
#include "lib/filelock.h"

#include "format.h"
#include "option.h"
#include "place.h"

static int parse_semaphore(const char *text, void *field)
{
	return semaphore_parse(text, field);
}

const struct value value_semaphore = {
	.name = "ID|KEY[:N]",
	.expected = "a set of semaphores, and the number of one in it, such as 3, 3:1 or "
		    "0x0001b207:1",
	.parse = parse_semaphore,
};

bool sync_is_wanted(const struct sync_settings *settings)
{
	return settings->flock || settings->semaphore.is_given;
}

int sync_check(const struct sync_settings *settings)
{
	if (settings->timeout != WAIT_FOR_EVER && !sync_is_wanted(settings))
		return usage_error("--timeout goes with --flock or --sem");
	return 0;
}

static int complain_file(const struct sync_settings *settings, const char *text)
{
	place_error(&(struct place){.file = settings->flock}, "%s", text);
	return EXIT_FAILURE;
}

static int complain_semaphore(const struct sync_settings *settings, const char *text)
{
	char name[SEMAPHORE_ROOM];

	semaphore_text(&settings->semaphore, name);
	warnx("%s: %s", name, text);
	return EXIT_FAILURE;
}

int sync_prepare(struct sync_settings *settings)
{
	if (!settings->flock)
		return 0;
	settings->file = filelock_open(settings->flock);
	if (settings->file >= 0)
		return 0;
	return complain_file(
		settings,
		errno == ELOOP ? "symbolic links are not followed: name the file itself"
			       : strerror(errno));
}

void sync_release(struct sync_settings *settings)
{
	if (settings->file >= 0)
		close(settings->file);
	settings->file = -1;
}

enum { LATE_ROOM = 48 + FORMAT_ROOM };

/* "locked by somebody else for 5s", or without the end if nothing was waited for. */
static const char *late(const struct sync_settings *settings, const char *what,
			const char *word, char text[static LATE_ROOM])
{
	char period[FORMAT_ROOM];

	if (settings->timeout == 0)
		return what;
	format_duration(settings->timeout, period);
	snprintf(text, LATE_ROOM, "%s %s %s", what, word, period);
	return text;
}

static int take_lock(struct sync *sync, bool exclusive, const struct deadline *deadline)
{
	const struct sync_settings *settings = sync->settings;
	char text[LATE_ROOM];

	sync->has_lock = filelock_take(settings->file, exclusive, deadline) == 0;
	if (sync->has_lock)
		return 0;
	switch (errno) {
	case EAGAIN:
		return complain_file(
			settings, late(settings, "locked by somebody else", "for", text));
	case ESTALE:
		return complain_file(
			settings,
			"removed while its lock was waited for: others may lock another");
	default:
		return complain_file(settings, strerror(errno));
	}
}

static int take_semaphore(struct sync *sync, const struct deadline *deadline)
{
	const struct sync_settings *settings = sync->settings;
	char text[LATE_ROOM];

	sync->has_semaphore = semaphore_find(&settings->semaphore, &sync->semaphore) ==
				      0 &&
			      semaphore_take(&sync->semaphore, deadline) == 0;
	if (sync->has_semaphore)
		return 0;
	switch (errno) {
	case EAGAIN:
		return complain_semaphore(settings,
					  late(settings, "not free", "within", text));
	case ENOENT:
		return complain_semaphore(settings, "no such set of semaphores");
	case EIDRM:
		return complain_semaphore(settings,
					  "its set was removed while it was waited for");
	case EFBIG:
		return complain_semaphore(settings, "its set has no such number");
	case EACCES:
		return complain_semaphore(
			settings,
			"only who may alter it (w) or root (CAP_IPC_OWNER) can take it");
	default:
		return complain_semaphore(settings, strerror(errno));
	}
}

int sync_take(struct sync *sync, const struct sync_settings *settings,
	      enum sync_mode mode)
{
	const struct deadline deadline = deadline_after(settings->timeout);

	*sync = (struct sync){.settings = settings};
	if (settings->flock && take_lock(sync, mode == SYNC_EXCLUSIVE, &deadline))
		return EXIT_FAILURE;
	if (settings->semaphore.is_given && take_semaphore(sync, &deadline)) {
		sync_give(sync);
		return EXIT_FAILURE;
	}
	return 0;
}

static int give_semaphore(const struct sync *sync)
{
	if (semaphore_give(&sync->semaphore) == 0)
		return 0;
	/* Otherwise its set was closed, or its value set: the kernel gives it back. */
	return complain_semaphore(
		sync->settings,
		errno == ENOENT
			? "its set was removed while it was held: others may have been in"
			: "it is given back only when this process ends");
}

int sync_give(struct sync *sync)
{
	int status = 0;

	if (sync->has_semaphore)
		status = give_semaphore(sync);
	if (sync->has_lock)
		filelock_give(sync->settings->file);
	sync->has_lock = sync->has_semaphore = false;
	return status;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shmtool create: a new segment, and its id on stdout. */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/reap.h"
#include "lib/segment.h"
#include "lib/sysv.h"

#include "command.h"
#include "explain.h"
#include "option.h"
#include "value.h"

struct create_settings {
	uint64_t size; /* 0: not given, or given as 0, which the kernel refuses as well */
	uint32_t key;  /* 0: private */
	unsigned int mode;
	bool exclusive;
};

static const struct create_settings defaults = {.mode = 0600};

static const struct option_row options[] = {
	{'s', "size", VALUE_SIZE(struct create_settings, size), "how large; required"},
	{'k', "key", VALUE_KEY(struct create_settings, key),
	 "the key that programs find it by; without one it is private"},
	{'p', "mode", VALUE_MODE(struct create_settings, mode),
	 "permissions (default 0600)"},
	{'x', "exclusive", VALUE_FLAG(struct create_settings, exclusive),
	 "fail if the key is in use; this is the default"},
	{0},
};

struct result {
	int id; /* -1: error says why */
	int error;
};

/*
 * Create the segment in a child, and wait for its end. With kernel.shm_rmid_forced a
 * segment is destroyed with its creator (exit_shm() in ipc/shm.c). An id that we
 * printed would then name nothing, and only once we have ended; that of a child
 * names nothing while we can still say so.
 */
static struct result create_in_child(const struct create_settings *settings)
{
	struct result result = {.id = -1};
	int ends[2];
	pid_t child;

	if (pipe2(ends, O_CLOEXEC))
		return (struct result){-1, errno};
	child = fork();
	if (child == 0) {
		result.id = sysv_create(&(struct sysv_request){.key = settings->key,
							       .size = settings->size,
							       .mode = settings->mode});
		result.error = errno;
		_exit(write(ends[1], &result, sizeof(result)) != sizeof(result));
	}
	result.error = errno;
	close(ends[1]);
	if (child > 0 && read(ends[0], &result, sizeof(result)) != sizeof(result))
		result = (struct result){-1, ECHILD};
	close(ends[0]);
	if (child > 0)
		waitpid(child, NULL, 0);
	return result;
}

static void report_failure(const struct create_settings *settings, int error)
{
	if (error == EEXIST)
		warnx("key 0x%08" PRIx32 ": in use, see 'shmtool stat 0x%08" PRIx32 "'",
		      settings->key, settings->key);
	else
		explain_refusal(&(struct refusal){error, settings->size, 0});
}

static int create_run(const void *argument)
{
	const struct create_settings *settings = argument;
	struct result made;
	struct reaping unknown = {0};

	if (settings->size == 0)
		return usage_error(
			"a size of 1 or more is required: give it with --size");
	made = create_in_child(settings);
	if (made.id < 0) {
		report_failure(settings, made.error);
		return EXIT_FAILURE;
	}
	if (sysv_stat(made.id, &unknown.seen)) {
		warnx("the segment died with its creator: the sysctl kernel.shm_rmid_forced is 1");
		return EXIT_FAILURE;
	}
	printf("%d\n", made.id);
	if (fflush(stdout) == 0)
		return EXIT_SUCCESS;
	/* Nobody was told the id, so nobody could ever remove it. */
	reap(&unknown, true);
	return EXIT_FAILURE;
}

const struct command command_create = {
	.name = "create",
	.summary = "make a segment and print its id",
	.options = options,
	.defaults = &defaults,
	.size = sizeof(struct create_settings),
	.run = create_run,
};

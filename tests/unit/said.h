/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a function says on stderr. */
#ifndef SHMTOOL_SAID_H
#define SHMTOOL_SAID_H

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

struct listening {
	int stderr_was, file;
	char said[1024];
};

static inline void listen_to_stderr(struct listening *listening)
{
	char path[] = "/tmp/shmtool-said-XXXXXX";

	fflush(stderr);
	listening->file = mkstemp(path);
	assert_true(listening->file >= 0);
	unlink(path);
	listening->stderr_was = dup(STDERR_FILENO);
	dup2(listening->file, STDERR_FILENO);
}

/* Stop listening. What was said, without the name of the program before it. */
static inline const char *what_was_said(struct listening *listening)
{
	const size_t prefix = strlen(program_invocation_short_name) + strlen(": ");
	ssize_t got;

	fflush(stderr);
	dup2(listening->stderr_was, STDERR_FILENO);
	close(listening->stderr_was);
	got = pread(listening->file, listening->said, sizeof(listening->said) - 1, 0);
	close(listening->file);
	listening->said[got > 0 ? got : 0] = '\0';
	return strlen(listening->said) < prefix ? "" : listening->said + prefix;
}

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "filling.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/content.h"
#include "lib/verify.h"

#include "format.h"

/* "FILE: reason", and the end of the line. */
__attribute__((format(printf, 2, 3))) static int complain(const struct filling *filling,
							  const char *format, ...)
{
	va_list arguments;

	format_put_safe(filling->path ? filling->path : "standard input", stderr);
	fputs(": ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	putc('\n', stderr);
	return EXIT_FAILURE;
}

static int complain_input(const struct filling *filling, int error)
{
	fprintf(stderr, "%s: ", program_invocation_short_name);
	return complain(filling, "%s%s", strerror(error),
			error == EFBIG ? " (see 'ulimit -f')" : "");
}

int filling_open(struct filling *filling, const char *path)
{
	int fd = STDIN_FILENO;

	if (path && strcmp(path, "-") != 0) {
		filling->path = path;
		fd = filling->file = open(path, O_RDONLY | O_NOCTTY | O_CLOEXEC);
	}
	if (fd < 0 || input_open(&filling->input, fd))
		return complain_input(filling, errno);
	return 0;
}

int filling_open_byte(struct filling *filling, unsigned char byte)
{
	if (input_open_byte(&filling->input, byte) == 0)
		return 0;
	warn("cannot make a file in memory");
	return EXIT_FAILURE;
}

int filling_open_zeros(struct filling *filling)
{
	input_open_zeros(&filling->input);
	return 0;
}

static int refuse_too_long(const struct filling *filling, uint64_t room)
{
	fprintf(stderr, "%s: ", program_invocation_short_name);
	if (filling->input.kind == INPUT_FILE)
		return complain(filling,
				"too long: %" PRIu64
				" bytes, and there is room for %" PRIu64,
				filling->input.length, room);
	return complain(filling, "too long: there is room for %" PRIu64 " bytes", room);
}

int filling_measure(struct filling *filling, uint64_t room)
{
	struct input *input = &filling->input;
	struct progress *progress = &filling->progress;
	int got = input->kind == INPUT_STREAM;

	progress_begin(progress, filling->shows_progress);
	while (got > 0) {
		got = input_stage(input, room);
		if (progress_due(progress))
			progress_show_bytes(progress, input->taken, 0);
	}
	progress_end(progress);
	if (got == 0 && input->kind == INPUT_FILE && input->length > room) {
		got = -1;
		errno = E2BIG;
	}
	if (got < 0)
		return errno == E2BIG ? refuse_too_long(filling, room)
				      : complain_input(filling, errno);
	return 0;
}

/* Why bytes of the input could not be had. */
static const char *why_not_read(const struct filling *filling, int error)
{
	switch (error) {
	case ENODATA:
		return "it has become shorter";
	case E2BIG:
		return filling->input.kind == INPUT_FILE
			       ? "it has become longer, and the rest is left out"
			       : "there is more, and no room for it";
	default:
		return strerror(error);
	}
}

/* The reason, after the beginning of a message, and its end. */
static int put_reason(const struct filling *filling, const struct content *content,
		      bool input_failed, int error)
{
	if (input_failed)
		return complain(filling, "%s", why_not_read(filling, error));
	if (error != EFAULT)
		fprintf(stderr, "%s\n", strerror(error));
	else if (content_is_huge(content))
		fputs("no huge page is free for more of it (see the sysctl vm.nr_hugepages)\n",
		      stderr);
	else
		fputs("there is no memory for more of it\n", stderr);
	return EXIT_FAILURE;
}

int filling_write(struct filling *filling, const struct content *content,
		  struct window *window)
{
	struct fill fill = {.content = content,
			    .input = &filling->input,
			    .window = *window,
			    .forgets = !filling->verifies};
	struct progress *progress = &filling->progress;
	const uint64_t total = filling->input.kind == INPUT_STREAM ? 0 : window->length;
	int got, error;

	progress_begin(progress, filling->shows_progress);
	do {
		got = fill_step(&fill);
		error = errno;
		if (progress_due(progress))
			progress_show_bytes(progress, fill.done, total);
	} while (got > 0);
	progress_end(progress);
	window->length = fill.done;
	input_leave_at(&filling->input, fill.done);
	if (got == 0)
		return 0;
	fprintf(stderr, "%s: segment %d: wrote %" PRIu64 " byte%s, then: ",
		program_invocation_short_name, content->segment.id, fill.done,
		fill.done == 1 ? "" : "s");
	return put_reason(filling, content, fill.input_failed, error);
}

int filling_verify(struct filling *filling, const struct content *content,
		   const struct window *window)
{
	struct verify verify = {
		.content = content, .input = &filling->input, .window = *window};
	struct progress *progress = &filling->progress;
	int got, error;

	progress_begin(progress, filling->shows_progress);
	do {
		got = verify_step(&verify);
		error = errno;
		if (progress_due(progress))
			progress_show_bytes(progress, verify.done, window->length);
	} while (got > 0);
	progress_end(progress);
	verify_close(&verify);
	if (got == 0)
		return 0;
	if (error == EILSEQ) {
		warnx("segment %d: at offset %" PRIu64
		      " is not what was written: somebody else writes to it",
		      content->segment.id, window->offset + verify.done);
		return EXIT_FAILURE;
	}
	fprintf(stderr,
		"%s: segment %d: cannot be verified: ", program_invocation_short_name,
		content->segment.id);
	return put_reason(filling, content, verify.input_failed, error);
}

void filling_close(struct filling *filling)
{
	input_close(&filling->input);
	if (filling->file >= 0)
		close(filling->file);
	filling->file = -1;
}

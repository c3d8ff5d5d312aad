/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "progress.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "format.h"

enum { ROOM = 80, PERIOD = 200 /* ms */, PERIOD_OF_LINES = 1000 };

static int64_t milliseconds(void)
{
	struct timespec now = {0};

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void progress_begin(struct progress *progress, bool asked)
{
	*progress = (struct progress){.is_on_terminal = isatty(STDERR_FILENO)};
	if (!progress->is_on_terminal && !asked)
		return;
	progress->begun = progress->due = milliseconds();
	progress->period = PERIOD;
	if (!progress->is_on_terminal) {
		progress->period = PERIOD_OF_LINES;
		progress->due += PERIOD_OF_LINES;
	}
}

bool progress_due(struct progress *progress)
{
	int64_t now;

	if (!progress->period)
		return false;
	now = milliseconds();
	if (now < progress->due)
		return false;
	progress->due = now + progress->period;
	return true;
}

/* One write(2), which no message of another process gets into. */
static void show(struct progress *progress, const char *line, int length)
{
	const int shorter = progress->shown > length ? progress->shown - length : 0;

	if (progress->is_on_terminal) {
		fprintf(stderr, "\r%s%*s", line, shorter, "");
		progress->shown = length;
	} else {
		fprintf(stderr, "%s\n", line);
	}
}

void progress_show(struct progress *progress, const char *format, ...)
{
	char line[ROOM];
	va_list arguments;
	int length;

	if (!progress->period)
		return;
	va_start(arguments, format);
	length = vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	if (length >= 0)
		show(progress, line, length < ROOM ? length : ROOM - 1);
}

void progress_show_bytes(struct progress *progress, uint64_t done, uint64_t total)
{
	char so_far[FORMAT_ROOM], all[FORMAT_ROOM], rate[FORMAT_ROOM];
	const int64_t elapsed = progress->period ? milliseconds() - progress->begun : 0;

	if (elapsed < PERIOD)
		return;
	format_size(done, so_far);
	format_size(total, all);
	format_size((uint64_t)((double)done * 1000 / (double)elapsed), rate);
	if (total)
		progress_show(progress, "%s of %s, %" PRIu64 "%%, %s/s", so_far, all,
			      (done * 100 + total / 2) / total, rate);
	else
		progress_show(progress, "%s, %s/s", so_far, rate);
}

void progress_erase(struct progress *progress)
{
	const int error = errno; /* of what is to be said next */

	if (progress->shown)
		fprintf(stderr, "\r%*s\r", progress->shown, "");
	progress->shown = 0;
	errno = error;
}

void progress_end(struct progress *progress)
{
	progress_erase(progress);
	progress->period = 0;
}

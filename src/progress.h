/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How far a long job is, on stderr: on a terminal a line that is written anew, five times
 * a second at most; elsewhere, if that was asked for, a line each second. Whoever prints
 * anything else meanwhile erases it first.
 *
 *	if (progress_due(&progress))
 *		progress_show_bytes(&progress, done, total);
 */
#ifndef SHMTOOL_PROGRESS_H
#define SHMTOOL_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

/* All zero it shows nothing, as before progress_begin(). */
struct progress {
	int64_t period;	     /* milliseconds; 0: it shows nothing */
	int64_t begun, due;  /* milliseconds of the clock that nobody sets */
	int shown;	     /* columns of the line that is on the terminal */
	bool is_on_terminal; /* else each line stays */
};

/* The job begins. Nothing is shown unless stderr is a terminal, or it was asked for. */
void progress_begin(struct progress *progress, bool asked);

/*
 * Whether it is time to show it; so that the line is only made then. Takes 30 ns, one look
 * at the clock, and nothing at all where nothing is shown.
 */
bool progress_due(struct progress *progress);

/* A line of less than 80 columns. Text of others is not safe here. */
void progress_show(struct progress *progress, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * "384M of 1G, 38%, 1.2G/s": of so many bytes, and per second since the job began; without
 * the middle if total is 0, unknown. Of what is done in a fifth of a second nothing is said.
 */
void progress_show_bytes(struct progress *progress, uint64_t done, uint64_t total);

/* Before anything else is printed. errno stays. */
void progress_erase(struct progress *progress);

/* The end of the job: the same, and nothing is shown any more. */
void progress_end(struct progress *progress);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A scan whose segments come judged: what list, stat and gc look at. */
#ifndef SHMTOOL_SURVEY_H
#define SHMTOOL_SURVEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "moment.h"
#include "process.h"
#include "scan.h"
#include "verdict.h"

enum { SURVEY_AHEAD = 512 };

struct survey {
	/*
	 * To be set after survey_open(), by those to whom it is all the same: do not
	 * look creator and last user of attached segments up, whose state does not
	 * depend on them. What their findings say of them then means nothing.
	 */
	bool brief;
	struct moment moment;
	struct scan scan;
	struct processes processes;

	/* Segments that have been scanned already, so that many processes are asked at once. */
	struct segment ahead[SURVEY_AHEAD];
	size_t count, next;
	int end, error; /* what scan_next() said after them, and errno */
};

/* Start without a scan, at the present moment, for survey_judge() alone. To be closed. */
void survey_begin(struct survey *survey);

/* Judge the segment that is in finding already. */
void survey_judge(struct survey *survey, struct finding *finding);

/* Start as survey_begin() and scan_open() do. Returns 0, or -1 and errno. */
int survey_open(struct survey *survey, const char *table);

/* The next finding, as scan_next(): 1, 0 at the end, or -1 and errno. */
int survey_next(struct survey *survey, struct finding *finding);

/*
 * Close the scan, if there is one, and forget who the processes were. Others can go on with
 * survey->processes, which knows still who does not answer; it is empty, needs no release.
 */
void survey_close(struct survey *survey);

/* Findings that are kept. All zero is none. */
struct findings {
	struct finding *item;
	size_t count, room;
};

/* Add a copy at the end. Returns 0, or -1 with errno ENOMEM. */
int findings_add(struct findings *findings, const struct finding *finding);

/* The sizes of all together, as segment_sum(). */
uint64_t findings_size(const struct findings *findings);

void findings_release(struct findings *findings);

#endif

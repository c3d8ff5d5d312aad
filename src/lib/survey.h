/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A scan whose segments come judged: what list, stat and gc look at. */
#ifndef SHMTOOL_SURVEY_H
#define SHMTOOL_SURVEY_H

#include "moment.h"
#include "process.h"
#include "scan.h"
#include "verdict.h"

struct survey {
	struct moment moment;
	struct scan scan;
	struct processes processes;
};

/* Start, as scan_open() does, and at the present moment. Returns 0, or -1 and errno. */
int survey_open(struct survey *survey, const char *table);

/* The next finding, as scan_next(): 1, 0 at the end, or -1 and errno. */
int survey_next(struct survey *survey, struct finding *finding);

void survey_close(struct survey *survey);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What several verbs say in the same words. */
#ifndef SHMTOOL_REPORT_H
#define SHMTOOL_REPORT_H

#include "lib/policy.h"
#include "lib/verdict.h"

struct names;
struct processes;
struct scan;
struct selector;
struct survey;

/* A scan could not start or go on, for the reason in errno: a message to stderr. */
void report_scan_failure(const struct scan *scan);

/* The same of a survey. */
void report_survey_failure(const struct survey *survey);

/* Which processes did not answer, if any, so that little is known of them: to stderr. */
void report_silent(const struct processes *processes);

/* Nothing is what the operand names: a message to stderr. */
void report_absent(const struct selector *selector);

/*
 * Why gc takes or keeps a segment (policy_explain()), with the option that would
 * change it.
 */
void report_ruling(const struct policy *policy, const struct finding *finding,
		   enum rule rule, char text[static VERDICT_ROOM]);

/*
 * A line on stdout: "removed segment 7 (private, 1M, alice, idle 2h5m): creator PID 812
 * has exited". done is the first word, why the last.
 */
void report_segment(const char *done, const struct finding *finding, struct names *names,
		    const char *why);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What several verbs say in the same words. */
#ifndef SHMTOOL_REPORT_H
#define SHMTOOL_REPORT_H

struct selector;
struct survey;

/* A survey could not start or go on, for the reason in errno: a message to stderr. */
void report_survey_failure(const struct survey *survey);

/* Nothing is what the operand names: a message to stderr. */
void report_absent(const struct selector *selector);

#endif

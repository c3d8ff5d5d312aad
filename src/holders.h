/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who has segments attached, for the verbs that say it. */
#ifndef SHMTOOL_HOLDERS_H
#define SHMTOOL_HOLDERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

struct attach_search;
struct attachment;
struct findings;

/*
 * A list for holders_find(), with a place for each finding; to be released with
 * attach_release() and free(). NULL after a message.
 */
struct attachment *holders_list(const struct findings *findings);

/*
 * attach_find(). Without /proc nobody is visible, which is said for each segment. Returns
 * EXIT_SUCCESS, or EXIT_FAILURE after a message: then some may be missing.
 */
int holders_find(struct attach_search *search, struct attachment *list, size_t count);

/* Whether the process is among them, or can be; attachment NULL: nobody is. */
bool holders_include(const struct attachment *attachment, pid_t pid);

/* Whether it is a holder whom nobody can have made to look like one: to act upon. */
bool holders_include_verified(const struct attachment *attachment, pid_t pid);

/* "PID 812 (render), PID 900 (worker) unverified, 1 not visible". */
void holders_put(const struct attachment *attachment, FILE *file);

/* "2 attaches remain: PID 812 ...", and a newline. */
void holders_put_rest(const struct attachment *attachment, FILE *file);

#endif

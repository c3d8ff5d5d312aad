/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The record of what was removed, in the system's log (syslog(3)). */
#ifndef SHMTOOL_LOG_H
#define SHMTOOL_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct finding;
struct names;

struct log {
	struct names *names;
	int fd; /* -1: there is none */
	bool is_stream, was_open;
	bool nobody;	  /* listens, as in most containers */
	int64_t patience; /* how long it may still be waited, in us */
	size_t missed;	  /* records that are not in the log */
	int error;	  /* why the last of them is not */
	char *who;	  /* does it: the same in each record; NULL: there is no memory */
};

/* Begin, under the name shmtool in LOG_DAEMON. */
void log_begin(struct log *log, struct names *names);

/* Returns 0, or -1 after a message that says how many records are not in the log. */
int log_end(struct log *log);

/*
 * Record what was done to a segment, such as "removed", and why: what it was, whose, and
 * who did it, which is the user and, where the kernel knows (/proc/self/loginuid), who he
 * was when he logged in. Text of other processes stands at the end and is escaped: it
 * cannot pass for anything else. Where nobody takes the log nothing is lost but the record,
 * and a daemon that does not answer holds nobody up for more than two seconds in all.
 */
void log_removal(struct log *log, const char *done, const struct finding *finding,
		 const char *why);

#endif

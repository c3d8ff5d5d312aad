/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The record of what was removed, in the system's log (syslog(3)). */
#ifndef SHMTOOL_LOG_H
#define SHMTOOL_LOG_H

struct finding;
struct names;

struct log {
	struct names *names;
	char *who; /* does it: the same in each record; NULL: there is no memory */
};

/* Begin, under the name shmtool in LOG_DAEMON. */
void log_begin(struct log *log, struct names *names);
void log_end(struct log *log);

/*
 * Record what was done to a segment, such as "removed", and why: what it was, whose, and
 * who did it, which is the user and, where the kernel knows (/proc/self/loginuid), who he
 * was when he logged in. Text of other processes stands at the end and is escaped: it
 * cannot pass for anything else. Where nobody takes the log nothing is lost but the record.
 */
void log_removal(const struct log *log, const char *done, const struct finding *finding,
		 const char *why);

#endif

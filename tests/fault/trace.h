/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One run of a program in which one thing fails, and what it left at its end. */
#ifndef TRACE_H
#define TRACE_H

#include <stdbool.h>
#include <stddef.h>

enum fault_kind {
	FAULT_NONE,
	FAULT_CALL,   /* a system call, counted from the beginning of main() */
	FAULT_MEMORY, /* an allocation, counted from the first (tests/fault/nomem.c) */
};

enum { FAULT_VARIANTS = 2 };

struct fault {
	enum fault_kind kind;
	unsigned int at;      /* which of them, from 0 on */
	unsigned int variant; /* with which errno; of allocations 1: and all after it */
};

enum { RESULT_ROOM = 16384 };

struct result {
	bool injected;	  /* it came so far */
	const char *call; /* what has failed */
	int error;
	bool silenced;		      /* it was to write a message */
	int status;		      /* as waitpid(2) has it */
	bool late;		      /* it had to be killed */
	unsigned int files, attaches; /* that it had open, but for 0 to 2, at its end */
	unsigned int processes;	      /* of its own that it has left behind */
	size_t length;
	char output[RESULT_ROOM], message[RESULT_ROOM]; /* message is a string */
};

/*
 * Run argv[0] with /dev/null, or this file, as its input. The caller is a subreaper, with
 * no other child.
 */
void trace_run(const char *const argv[], const char *input, const struct fault *fault,
	       struct result *result);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How system calls fail. */
#ifndef CALLS_H
#define CALLS_H

#include <stdbool.h>

#include "trace.h"

struct call {
	long number;
	const char *name;
	int errors[FAULT_VARIANTS]; /* one for each variant; 0: it never fails */
	bool is_done; /* it does what it is asked for, and fails all the same */
};

/* What is known of the call with this number; every one has an answer. */
struct call call_find(long number);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why the kernel makes no new segment, and what can be done about it, on stderr. */
#ifndef SHMTOOL_EXPLAIN_H
#define SHMTOOL_EXPLAIN_H

#include <stdint.h>

/* What shmget(2) said, and to what. */
struct refusal {
	int error;
	uint64_t size;
	unsigned int huge; /* as in struct sysv_request */
};

/*
 * A message as by warnx(3), and what else is known, in lines that are indented by
 * two spaces. The limits are looked at now: they may have been others when it failed.
 */
void explain_refusal(const struct refusal *refusal);

#endif

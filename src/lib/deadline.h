/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Until when is waited, by the clock that nobody sets (CLOCK_MONOTONIC). */
#ifndef SHMTOOL_DEADLINE_H
#define SHMTOOL_DEADLINE_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct deadline {
	bool never;
	struct timespec at;
};

/* So many seconds from now, at least 0; INT64_MAX, or what no clock can show: never. */
struct deadline deadline_after(int64_t seconds);

/* What is left until then, where it is not never. Returns false, and 0, if it has passed. */
bool deadline_left(const struct deadline *deadline, struct timespec *left);

#endif

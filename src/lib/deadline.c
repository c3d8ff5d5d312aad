/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "deadline.h"

enum { SECOND = 1000000000 /* ns */ };

struct deadline deadline_after(int64_t seconds)
{
	struct deadline deadline = {0};

	clock_gettime(CLOCK_MONOTONIC, &deadline.at);
	/* Right after the start of the system even the largest number can be added. */
	deadline.never = seconds == INT64_MAX ||
			 __builtin_add_overflow(deadline.at.tv_sec, seconds,
						&deadline.at.tv_sec);
	return deadline;
}

bool deadline_left(const struct deadline *deadline, struct timespec *left)
{
	struct timespec now = {0};

	clock_gettime(CLOCK_MONOTONIC, &now);
	left->tv_sec = deadline->at.tv_sec - now.tv_sec;
	left->tv_nsec = deadline->at.tv_nsec - now.tv_nsec;
	if (left->tv_nsec < 0) {
		left->tv_nsec += SECOND;
		left->tv_sec--;
	}
	if (left->tv_sec >= 0 && (left->tv_sec || left->tv_nsec))
		return true;
	*left = (struct timespec){0};
	return false;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The time at which segments are judged, passed in so that judging is pure. */
#ifndef SHMTOOL_MOMENT_H
#define SHMTOOL_MOMENT_H

#include <stdbool.h>
#include <stdint.h>

struct moment {
	int64_t now;	     /* seconds since the Epoch */
	int64_t boot;	     /* when the system started, by the clock as it is set now */
	int64_t boot_nsec;   /* and nanoseconds */
	int64_t set_forward; /* how far the clock has been set forward since, s; 0: not */
	int64_t witness;     /* the oldest stamp that tells of that; INT64_MAX: none */
	bool unsure;	     /* the offset of this time namespace is not known */
};

/*
 * The present (clock_gettime(2)).
 *
 * When the clock is set forward, by NTP or after a pause of a virtual machine, boot
 * moves with it; stamps that the kernel made before stay. The oldest ctime on file
 * systems that live in memory (/dev, /proc, /sys) therefore tells how far the clock
 * has been set forward since they were mounted: nothing there is older than boot.
 * Where they were mounted late, as in a container, it tells nothing of the time before.
 *
 * In a time namespace boot and the start times of processes have an offset
 * (time_namespaces(7)). boot keeps it, because they are compared with each other;
 * set_forward is without it.
 */
struct moment moment_present(void);

#endif

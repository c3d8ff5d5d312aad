/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The time at which segments are judged, passed in so that judging is pure. */
#ifndef SHMTOOL_MOMENT_H
#define SHMTOOL_MOMENT_H

#include <stdint.h>

struct moment {
	int64_t now;	     /* seconds since the Epoch */
	int64_t boot;	     /* when the system started, by the clock as it is set now */
	int64_t boot_nsec;   /* and nanoseconds */
	int64_t set_forward; /* how far the clock has been set forward since, s; 0: not */
};

/*
 * The present (clock_gettime(2)).
 *
 * When the clock is set forward, by NTP or after a pause of a virtual machine, boot
 * moves with it; stamps that the kernel made before stay. The oldest ctime on file
 * systems that live in memory (/dev, /proc, /sys) therefore tells how far the clock
 * has been set forward since they were mounted: nothing there is older than boot.
 */
struct moment moment_present(void);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The mappings of System V segments in one process, from its /proc/PID/maps. */
#ifndef SHMTOOL_MAPPING_H
#define SHMTOOL_MAPPING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct stat;

struct mapping {
	uint64_t start, end; /* where it is, and what comes behind it */
	dev_t device;
	int id;		    /* of the segment, in the IPC namespace that it comes from */
	uint32_t key;	    /* with which the segment was created */
	uint64_t page_size; /* bytes */
	bool writable;	    /* as it is now: see mprotect(2) */
};

/*
 * Whether a line of /proc/PID/maps (proc_pid_maps(5)), without its newline, may be of
 * a segment: shared, and with the name that the kernel gives to one (ipc/shm.c). Pure.
 * The name proves nothing, for a file can have it; mappings_next() knows the devices.
 * All but page_size is stored, or nothing.
 */
bool mapping_parse_line(const char *line, struct mapping *mapping);

/*
 * Whether this is the file that the mapping is of: on a device of the kernel's own, where
 * it has set the inode number to the id, and nobody else can choose one. Pure.
 */
bool mapping_is_of(const struct mapping *mapping, const struct stat *file);

/* The kernel's own file systems that segments are on: tmpfs, and one per huge page size. */
enum { MAPPING_DEVICES = 24 };

struct mapping_device {
	dev_t device;
	uint64_t page_size;
};

/* Where the mappings of one process after another are read from. */
struct mappings {
	bool text; /* read the text, where there is no PROCMAP_QUERY (Linux 6.11) */
	bool knows_huge;
	struct mapping_device devices[MAPPING_DEVICES];
	size_t device_count;

	int file;
	uint64_t address;    /* query: what lies below it has been seen */
	size_t used, length; /* text: of buffer */
	bool skip;	     /* text: what comes is the rest of a line that is too long */
	char buffer[8192];
};

/*
 * Get ready. With text, never ask with PROCMAP_QUERY: for tests, both give the same.
 * Returns 0, or -1 as memfd_create(2), whose files are on the device of segments.
 */
int mappings_init(struct mappings *mappings, bool text);

/*
 * Start with the process whose /proc/PID is open as directory. Returns 0, or -1 as
 * open(2): EACCES without the right to look into it (ptrace(2), PTRACE_MODE_READ).
 */
int mappings_open(struct mappings *mappings, int directory);

/*
 * The next mapping of a segment. Returns 1, 0 at the end, or -1 and errno. A process
 * that has ended, and a thread of the kernel, has none, or ESRCH is what it says.
 */
int mappings_next(struct mappings *mappings, struct mapping *mapping);

void mappings_close(struct mappings *mappings);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the system has of memory, as far as it decides about a new segment: what may
 * be committed (proc_sys_vm(5), overcommit_memory) and the pool of huge pages.
 */
#ifndef SHMTOOL_MEMORY_H
#define SHMTOOL_MEMORY_H

#include <stdint.h>

#define MEMORY_INFO "/proc/meminfo"
#define MEMORY_UNKNOWN UINT64_MAX

/* vm.overcommit_memory */
enum { MEMORY_OVERCOMMIT_GUESS, MEMORY_OVERCOMMIT_ALWAYS, MEMORY_OVERCOMMIT_NEVER };

/* Huge pages of one size, for SHM_HUGETLB (hugetlbpage.rst in the kernel). */
struct huge_pages {
	uint64_t size; /* bytes in one; the others are numbers of pages */
	uint64_t total, free;
	uint64_t reserved;   /* of those that are free: promised to somebody */
	uint64_t surplus;    /* of the total: beyond vm.nr_hugepages, for a while */
	uint64_t overcommit; /* how many may be surplus: vm.nr_overcommit_hugepages */
};

/* Bytes; each, and each of the pool, may be MEMORY_UNKNOWN. */
struct memory {
	uint64_t total, swap;
	uint64_t commit_limit, committed;
	uint64_t overcommit;	/* as above */
	struct huge_pages huge; /* of the default size */
};

/* Read the file named (MEMORY_INFO, but for tests) and the sysctls. */
void memory_read(struct memory *memory, const char *info);

#define MEMORY_HUGE_PAGES "/sys/kernel/mm/hugepages"

enum { MEMORY_HUGE_SIZES = 16 };

/* Read the same of huge pages of any size from below MEMORY_HUGE_PAGES. */
void huge_pages_read(struct huge_pages *huge, uint64_t size);

/*
 * The sizes that the kernel has, in bytes, the smallest first, from the directory named
 * (MEMORY_HUGE_PAGES, but for tests). Returns how many: 0 if that is not known either.
 */
unsigned int huge_pages_sizes(const char *directory, uint64_t sizes[MEMORY_HUGE_SIZES]);

/*
 * How many huge pages nobody has and nobody is promised, and how many more the kernel
 * would try to make when asked. MEMORY_UNKNOWN.
 */
uint64_t huge_pages_available(const struct huge_pages *huge);
uint64_t huge_pages_possible(const struct huge_pages *huge);

#endif

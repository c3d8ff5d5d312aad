/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "explain.h"

#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/limits.h"
#include "lib/memory.h"
#include "lib/procfs.h"
#include "lib/scan.h"
#include "lib/sysctl.h"
#include "lib/sysv.h"

#include "format.h"
#include "names.h"

enum { POOL_FILE_ROOM = sizeof(MEMORY_HUGE_PAGES) + 64 };

/* A line after the message. */
__attribute__((format(printf, 1, 2))) static void add(const char *format, ...)
{
	va_list arguments;

	fputs("  ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
}

static void say_refused(const struct refusal *refusal)
{
	warnx("cannot create a segment of %" PRIu64 " bytes: %s", refusal->size,
	      strerror(refusal->error));
}

static void add_consumers(const struct consumers *top)
{
	struct names names = {0};
	char size[FORMAT_ROOM];

	for (unsigned int i = 0; i < top->count; i++) {
		format_size(top->item[i].size, size);
		fputs("  ", stderr);
		format_put_safe(names_user(&names, top->item[i].uid), stderr);
		fprintf(stderr, " owns %" PRIu64 " segment%s, %s\n",
			top->item[i].segments, top->item[i].segments == 1 ? "" : "s",
			size);
	}
	names_release(&names);
}

/* Who has most of what is short, and how to get some of it. */
static void add_ways_out(struct limits *limits, const char *sysctl,
			 const struct consumers *top)
{
	struct scan scan;

	if (scan_open(&scan, PROCFS_SHM) == 0) {
		if (limits_count(limits, &scan) == 0)
			add_consumers(top);
		scan_close(&scan);
	}
	add("'shmtool gc' shows what nobody can come back for; 'sysctl %s=NUMBER' raises the limit",
	    sysctl);
}

static void explain_shmmni(struct limits *limits)
{
	const struct sysv_limits *sysv = &limits->sysv;

	if (sysv->segments == sysv->shmmni)
		warnx("the sysctl kernel.shmmni allows %" PRIu64 " segments, all in use",
		      sysv->shmmni);
	else
		warnx("the sysctl kernel.shmmni allows %" PRIu64 " segments, %" PRIu64
		      " in use",
		      sysv->shmmni, sysv->segments);
	add_ways_out(limits, "kernel.shmmni", &limits->by_segments);
}

static void explain_shmall(struct limits *limits, uint64_t size)
{
	const struct sysv_limits *sysv = &limits->sysv;
	char page[FORMAT_ROOM];

	warnx("the sysctl kernel.shmall allows %" PRIu64 " pages, %" PRIu64 " in use",
	      sysv->shmall, sysv->pages);
	format_size(limits->page_size, page);
	add("%" PRIu64 " more would be needed, of %s each", limits_pages(limits, size),
	    page);
	add_ways_out(limits, "kernel.shmall", &limits->by_size);
}

static void explain_shmmax(const struct limits *limits, uint64_t size)
{
	warnx("the sysctl kernel.shmmax allows %" PRIu64 " bytes, not %" PRIu64,
	      limits->sysv.shmmax, size);
	add("'sysctl kernel.shmmax=NUMBER' raises the limit");
}

/* vm.overcommit_memory is 2, and what it counts. */
static void add_commit_limit(const struct memory *memory)
{
	char all[FORMAT_ROOM], taken[FORMAT_ROOM];

	if (memory->commit_limit == MEMORY_UNKNOWN || memory->committed == MEMORY_UNKNOWN)
		return;
	format_size(memory->commit_limit, all);
	format_size(memory->committed, taken);
	add("the sysctl vm.overcommit_memory is 2: %s may be committed (CommitLimit), %s are (Committed_AS)",
	    all, taken);
}

static void add_overcommit(const struct memory *memory, uint64_t size)
{
	bool guess = memory->overcommit == MEMORY_OVERCOMMIT_GUESS;
	char text[FORMAT_ROOM];
	uint64_t sum;

	if (memory->overcommit == MEMORY_OVERCOMMIT_NEVER)
		add_commit_limit(memory);
	else if (memory->overcommit == MEMORY_UNKNOWN ||
		 memory->total == MEMORY_UNKNOWN || memory->swap == MEMORY_UNKNOWN)
		return;
	else if (guess && !__builtin_add_overflow(memory->total, memory->swap, &sum) &&
		 size > sum) {
		format_size(sum, text);
		add("the sysctl vm.overcommit_memory is 0: no segment can be larger than memory and swap, %s",
		    text);
	} else {
		add("the sysctl vm.overcommit_memory is %" PRIu64
		    ", and not the reason: the kernel itself is short of memory",
		    memory->overcommit);
	}
}

/* The pool of the size that was asked for, and the file that says how large it is. */
static void read_pool(const struct refusal *refusal, struct huge_pages *pool,
		      char file[static POOL_FILE_ROOM])
{
	const uint64_t size = refusal->huge == SYSV_HUGE ? 0
							 : UINT64_C(1) << refusal->huge;
	struct memory memory;

	memory_read(&memory, MEMORY_INFO);
	if (size == 0 || size == memory.huge.size) {
		*pool = memory.huge;
		strcpy(file, "the sysctl vm.nr_hugepages");
	} else {
		huge_pages_read(pool, size);
		snprintf(file, POOL_FILE_ROOM,
			 MEMORY_HUGE_PAGES "/hugepages-%" PRIu64 "kB/nr_hugepages",
			 size / 1024);
	}
}

static void add_huge_pages(const struct refusal *refusal)
{
	char page[FORMAT_ROOM], file[POOL_FILE_ROOM];
	struct huge_pages huge;
	uint64_t available, needed;

	read_pool(refusal, &huge, file);
	available = huge_pages_available(&huge);
	if (huge.size == MEMORY_UNKNOWN || huge.size == 0 ||
	    available == MEMORY_UNKNOWN) {
		add("nothing is known of huge pages here");
		return;
	}
	format_size(huge.size, page);
	needed = refusal->size / huge.size + (refusal->size % huge.size != 0);
	add("huge pages of %s: %" PRIu64 " needed, %" PRIu64 " available", page, needed,
	    available);
	if (needed <= available)
		add("that is enough now: another limit was in the way, such as that of a control group");
	else if (huge.total == MEMORY_UNKNOWN)
		add("%s says how many there are", file);
	else
		add("%s says how many there are, %" PRIu64 ": more can be had there",
		    file, huge.total);
}

static void explain_no_memory(const struct refusal *refusal)
{
	struct memory memory;

	say_refused(refusal);
	if (refusal->huge) {
		add_huge_pages(refusal);
	} else {
		memory_read(&memory, MEMORY_INFO);
		add_overcommit(&memory, refusal->size);
	}
}

static void explain_not_permitted(const struct refusal *refusal)
{
	uint64_t group;

	say_refused(refusal);
	if (!refusal->huge)
		add("Linux lets everybody create segments: a security module or a seccomp filter does not");
	else if (sysctl_read(SYSCTL_HUGE_GROUP, &group))
		add("huge pages need CAP_IPC_LOCK, or the group in the sysctl vm.hugetlb_shm_group");
	else
		add("huge pages need CAP_IPC_LOCK, or the group in the sysctl vm.hugetlb_shm_group, %" PRIu64,
		    group);
}

/* Which huge pages there are, where it may be that there are none of this size. */
static void add_huge_sizes(void)
{
	uint64_t sizes[MEMORY_HUGE_SIZES];
	const unsigned int count = huge_pages_sizes(MEMORY_HUGE_PAGES, sizes);
	char text[FORMAT_ROOM];

	if (count == 0) {
		add("this kernel may have no huge pages: see " MEMORY_HUGE_PAGES);
		return;
	}
	fputs("  this kernel has huge pages of ", stderr);
	for (unsigned int i = 0; i < count; i++) {
		format_size(sizes[i], text);
		fprintf(stderr, "%s%s",
			i == 0		 ? ""
			: i + 1 == count ? " and "
					 : ", ",
			text);
	}
	fputc('\n', stderr);
}

/* Not by a limit that can be read now. */
static void explain_other(const struct refusal *refusal, bool known)
{
	say_refused(refusal);
	if (refusal->size > INT64_MAX)
		add("that is more than any segment can have, whatever the limits");
	else if (refusal->error == EINVAL && refusal->huge)
		add_huge_sizes();
	else if (refusal->error == ENOSPC && known)
		add("kernel.shmmni and kernel.shmall leave room for it now: try again");
}

void explain_refusal(const struct refusal *refusal)
{
	struct limits limits;
	int error = refusal->error;
	bool known = limits_read(&limits) == 0;
	enum limit hit = known ? limits_refusing(&limits, refusal->size) : LIMIT_NONE;

	if (error == EINVAL && hit == LIMIT_SHMMAX)
		explain_shmmax(&limits, refusal->size);
	else if (error == ENOSPC && hit == LIMIT_SHMALL)
		explain_shmall(&limits, refusal->size);
	else if (error == ENOSPC && hit == LIMIT_SHMMNI)
		explain_shmmni(&limits);
	else if (error == ENOMEM)
		explain_no_memory(refusal);
	else if (error == EPERM || error == EACCES)
		explain_not_permitted(refusal);
	else
		explain_other(refusal, known);
}

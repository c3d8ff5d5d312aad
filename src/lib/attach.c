/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "attach.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "address-space.h"
#include "grow.h"
#include "mapping.h"
#include "number.h"
#include "segment.h"
#include "subject.h"

struct work {
	struct attach_search *search;
	struct attachment **by_id;
	size_t count;
	size_t incomplete;  /* attachments of which somebody is missing */
	bool sees_no_files; /* the capability for what is behind mappings is not there */
	char ipc[SUBJECT_NAMESPACE]; /* our IPC namespace */
	struct address_spaces met;
	struct mappings mappings;
};

/* The process that is being looked into, which may be a holder. */
struct candidate {
	struct subject subject;
	struct holder holder; /* what all its attaches have in common */
	bool known;	      /* one of ours, with all that is told of a holder */
	bool counted;	      /* its memory belongs to a process seen before */
};

static int compare_ids(const void *a, const void *b)
{
	const struct attachment *const *x = a, *const *y = b;

	return ((*x)->id > (*y)->id) - ((*x)->id < (*y)->id);
}

static struct attachment *find(const struct work *work, int id)
{
	const struct attachment key = {.id = id}, *p = &key;
	struct attachment **found = bsearch(&p, work->by_id, work->count,
					    sizeof(struct attachment *), compare_ids);

	return found ? *found : NULL;
}

/* Learn what holders tell. Returns 1, 0 if the candidate is none of ours, or -1. */
static int get_to_know(struct work *work, struct candidate *candidate,
		       const struct mapping *mapping)
{
	const struct processes *processes = work->search->processes;
	const int directory = candidate->subject.directory;
	struct holder *holder = &candidate->holder;
	const struct address_space space = {
		.pid = holder->pid, .id = mapping->id, .start = mapping->start};
	struct process process = {.started = PROCESS_STARTED_UNKNOWN};
	struct stat stat;
	int ours = subject_is_in(&candidate->subject, work->ipc), met = 0;

	if (ours <= 0)
		return ours;
	if (processes->trust_proc)
		met = address_spaces_meet(&work->met, &space);
	if (met < 0)
		return -1;
	candidate->counted = met;
	if (work->search->describe) {
		if (fstat(directory, &stat))
			return -1;
		processes_describe(processes, directory, &process);
		holder->uid = stat.st_uid;
	}
	holder->started = process.started;
	memcpy(holder->command, process.command, sizeof(holder->command));
	candidate->known = true;
	return 1;
}

/* The candidate as a holder; a new one, unless it is known to be the last already. */
static struct holder *add_holder(struct attachment *attachment,
				 const struct candidate *candidate)
{
	struct holder *holder = attachment->holder;
	size_t count = attachment->holders;

	if (count && holder[count - 1].pid == candidate->holder.pid)
		return &holder[count - 1];
	holder = grow(holder, count, sizeof(*holder));
	if (!holder)
		return NULL;
	attachment->holder = holder;
	attachment->holders++;
	holder[count] = candidate->holder;
	return &holder[count];
}

/*
 * Whether the file behind a mapping can be that of the segment. It belongs to who made it,
 * with the user and group that he had, and nobody can have it pretend another's (newseg()
 * in ipc/shm.c). Without the capability for this link, it can be.
 */
static bool has_creator(struct work *work, const struct subject *subject,
			const struct mapping *mapping, const struct segment *segment)
{
	struct stat stat;

	if (work->sees_no_files)
		return true;
	if (subject_stat(subject, mapping, &stat)) {
		work->sees_no_files = errno == EPERM;
		return errno == EPERM || errno == EACCES;
	}
	return stat.st_uid == segment->cuid && stat.st_gid == segment->cgid;
}

/* Whether a mapping with the id of the segment can be of it, and not of another namespace. */
static bool can_be_of(struct work *work, const struct attachment *attachment,
		      const struct subject *subject, const struct mapping *mapping)
{
	const struct segment *segment = attachment->segment;

	if (!segment)
		return true;
	if (mapping->key != segment->key && !segment->dest)
		return false;
	if (mapping->end - mapping->start >= mapping->page_size &&
	    mapping->end - mapping->start - mapping->page_size >= segment->size)
		return false;
	return has_creator(work, subject, mapping, segment);
}

/* Returns 1 to go on with the candidate, 0 if it is none of ours, or -1 and errno. */
static int take(struct work *work, struct candidate *candidate,
		const struct mapping *mapping)
{
	struct attachment *attachment = find(work, mapping->id);
	struct holder *holder;
	int ours;

	if (!attachment || !can_be_of(work, attachment, &candidate->subject, mapping))
		return 1;
	if (!candidate->known) {
		ours = get_to_know(work, candidate, mapping);
		if (ours <= 0)
			return ours;
	}
	holder = add_holder(attachment, candidate);
	if (!holder)
		return -1;
	holder->mappings++;
	holder->writable |= mapping->writable;
	attachment->key = mapping->key;
	attachment->key_known = true;
	attachment->page_size = mapping->page_size;
	if (!candidate->counted && ++attachment->seen == attachment->nattch)
		work->incomplete--;
	return 1;
}

/* Go through all mappings of the candidate. Returns 0, or -1 and errno. */
static int look_into(struct work *work, struct candidate *candidate)
{
	struct mapping mapping;
	int got;

	if (mappings_open(&work->mappings, candidate->subject.thread))
		return -1;
	do {
		got = mappings_next(&work->mappings, &mapping);
		if (got > 0)
			got = take(work, candidate, &mapping);
	} while (got > 0);
	mappings_close(&work->mappings);
	return got;
}

/* As look_into(), also if the first thread has ended. */
static int look_into_process(struct work *work, struct candidate *candidate)
{
	int result = look_into(work, candidate);

	if (candidate->known || (result && errno != ESRCH) ||
	    (result == 0 && !work->mappings.text))
		return result;
	if (subject_take_other_thread(&candidate->subject))
		return -1;
	return look_into(work, candidate);
}

/*
 * Returns -1 if memory has run out. Zombies and threads of the kernel, which have none,
 * let everybody look (mm_access() in kernel/fork.c): they are not among the hidden.
 */
static int visit(struct work *work, int proc, const char *name, pid_t pid)
{
	struct candidate candidate = {.holder = {.pid = pid}};
	int error = 0;

	work->search->looks++;
	if (subject_open(&candidate.subject, proc, name, pid) ||
	    look_into_process(work, &candidate))
		error = errno;
	work->search->hidden += error && error != ENOENT && error != ESRCH;
	subject_close(&candidate.subject);
	errno = error;
	return error == ENOMEM ? -1 : 0;
}

/* One process after another, in the order of /proc: that of their PIDs. */
static int visit_all(struct work *work, DIR *proc)
{
	struct dirent *entry;
	uint64_t pid;

	if (!proc || subject_own_namespace(dirfd(proc), work->ipc))
		return -1;
	while (work->incomplete) {
		errno = 0;
		entry = readdir(proc);
		if (!entry)
			return errno ? -1 : 0;
		if (number_decimal(entry->d_name, INT_MAX, &pid) == 0 &&
		    visit(work, dirfd(proc), entry->d_name, (pid_t)pid))
			return -1;
	}
	work->search->hidden = 0;
	return 0;
}

/* The list as it is before anything has been found. */
static int prepare(struct work *work, struct attachment *list, size_t count)
{
	work->search->looks = 0;
	work->search->hidden = 0;
	for (size_t i = 0; i < count; i++)
		list[i] = (struct attachment){.id = list[i].id,
					      .nattch = list[i].nattch,
					      .segment = list[i].segment};
	work->by_id = calloc(count + !count, sizeof(struct attachment *));
	if (!work->by_id)
		return -1;
	for (size_t i = 0; i < count; i++) {
		work->by_id[work->count++] = &list[i];
		work->incomplete += list[i].nattch > 0;
	}
	qsort(work->by_id, count, sizeof(struct attachment *), compare_ids);
	return mappings_init(&work->mappings, work->search->text);
}

static void forget_pids(struct attachment *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < list[i].holders; j++)
			list[i].holder[j].pid = 0;
}

int attach_find(struct attach_search *search, struct attachment *list, size_t count)
{
	struct work work = {.search = search};
	DIR *proc = NULL;
	int got = prepare(&work, list, count), error;

	if (got == 0) {
		proc = opendir("/proc");
		got = visit_all(&work, proc);
	}
	error = errno;
	if (!search->processes->trust_proc)
		forget_pids(list, count);
	if (proc)
		closedir(proc);
	address_spaces_release(&work.met);
	free(work.by_id);
	errno = error;
	return got;
}

uint64_t attachment_unseen(const struct attachment *attachment)
{
	return attachment->nattch > attachment->seen
		       ? attachment->nattch - attachment->seen
		       : 0;
}

void attach_release(struct attachment *list, size_t count)
{
	for (size_t i = 0; list && i < count; i++) {
		free(list[i].holder);
		list[i].holder = NULL;
		list[i].holders = 0;
	}
}

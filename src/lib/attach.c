/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "attach.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "address-space.h"
#include "deadline.h"
#include "grow.h"
#include "mapping.h"
#include "number.h"
#include "segment.h"
#include "subject.h"
#include "worker.h"

/* What one process has of one segment. */
struct found {
	size_t place; /* of the segment in the list */
	struct holder holder;
	struct address_space space;
	bool counted; /* its memory belongs to a process seen before */
	uint64_t seen;
	uint32_t key;
	uint64_t page_size;
};

/* A search takes no longer than that, whatever others have made of themselves. */
enum { SEARCH_SECONDS = 10 };

/* No process has as many, for vm.max_map_count is 65530 by default. */
enum { FOUND_ROOM = 1 << 17 };

/* What a child tells: the kernel may let it wait in a process for ever (worker.h). */
struct report {
	unsigned int looks; /* processes that were looked into */
	size_t hidden;	    /* those of them that did not let it look */
	size_t count;	    /* of what was found in them */
	int error;	    /* ENOMEM; 0: none */
	size_t unasked;	    /* processes that are left, for it has taken too long */
	struct found item[FOUND_ROOM];
};

struct work {
	struct attach_search *search;
	struct attachment *list, **by_id;
	size_t count;
	size_t incomplete;  /* attachments of which somebody is missing */
	bool sees_no_files; /* the capability for what is behind mappings is not there */
	char ipc[SUBJECT_NAMESPACE]; /* our IPC namespace */
	struct mappings mappings;
	struct deadline deadline;

	int proc; /* /proc */
	pid_t *pids;
	size_t processes;

	struct report *report;
	/* In the child: what was found in the process so far, as in the report; and for each
	   segment the last item that is of it. */
	size_t filled, *last;
	struct address_spaces met;
	bool has_begun;

	/* In the parent: one item of each memory, for the next child to meet. */
	struct address_space *space;
	size_t spaces;
};

/* The process that is being looked into, which may be a holder. */
struct candidate {
	struct subject subject;
	struct holder holder; /* what all its attaches have in common */
	struct address_space space;
	bool known;   /* one of ours, with all that is told of a holder */
	bool counted; /* its memory belongs to a process seen before */
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

	if (ours == 0)
		ours = subject_has_thread_in(&candidate->subject, work->ipc);
	if (ours <= 0)
		return ours;
	if (processes->trust_proc)
		met = address_spaces_meet(&work->met, &space);
	if (met < 0)
		return -1;
	candidate->counted = met;
	candidate->space = space;
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

/* What the candidate has of a segment; NULL and errno ENOBUFS if the report is full. */
static struct found *found_of(struct work *work, const struct candidate *candidate,
			      size_t place)
{
	struct report *report = work->report;
	const size_t last = work->last[place];
	struct found *found = &report->item[last];

	if (last >= report->count && last < work->filled && found->place == place)
		return found;
	if (work->filled == FOUND_ROOM) {
		errno = ENOBUFS;
		return NULL;
	}
	work->last[place] = work->filled;
	found = &report->item[work->filled++];
	*found = (struct found){
		.place = place,
		.holder = candidate->holder,
		.space = candidate->space,
		.counted = candidate->counted,
	};
	return found;
}

/* What the file behind a mapping says of whether it is of the segment. */
enum proof {
	PROOF_AGAINST,
	PROOF_NONE, /* we may not look there */
	PROOF_FOR,
};

/*
 * The file itself counts, not what was read of the mapping, which can have been replaced
 * since. Only processes of the caller's own user are taken at their word.
 */
static enum proof prove(struct work *work, const struct subject *subject,
			const struct mapping *mapping, const struct segment *segment)
{
	struct stat file;

	if (!segment)
		return PROOF_FOR;
	if (!work->sees_no_files) {
		if (subject_stat(subject, mapping, &file) == 0)
			return mapping_is_of(mapping, &file) &&
					       segment_can_be(segment, &file)
				       ? PROOF_FOR
				       : PROOF_AGAINST;
		if (errno != EPERM && errno != EACCES)
			return PROOF_AGAINST;
		work->sees_no_files = errno == EPERM;
	}
	return subject_is_own(subject) > 0 ? PROOF_FOR : PROOF_NONE;
}

/* Whether a mapping with the id of the segment can be of it, as far as it tells itself. */
static bool can_be_of(const struct attachment *attachment, const struct mapping *mapping)
{
	const struct segment *segment = attachment->segment;

	if (!segment)
		return true;
	if (mapping->key != segment->key && !segment->dest)
		return false;
	return mapping->end - mapping->start < mapping->page_size ||
	       mapping->end - mapping->start - mapping->page_size < segment->size;
}

/* Returns 1 to go on with the candidate, 0 if it is none of ours, or -1 and errno. */
static int take(struct work *work, struct candidate *candidate,
		const struct mapping *mapping)
{
	struct attachment *attachment = find(work, mapping->id);
	struct found *found;
	enum proof proof;
	int ours;

	if (!attachment || !can_be_of(attachment, mapping))
		return 1;
	proof = prove(work, &candidate->subject, mapping, attachment->segment);
	if (proof == PROOF_AGAINST)
		return 1;
	if (!candidate->known) {
		ours = get_to_know(work, candidate, mapping);
		if (ours <= 0)
			return ours;
	}
	found = found_of(work, candidate, (size_t)(attachment - work->list));
	if (!found)
		return -1;
	found->holder.mappings++;
	found->holder.writable |= mapping->writable;
	found->holder.verified |= proof == PROOF_FOR;
	if (proof == PROOF_FOR) {
		found->key = mapping->key;
		found->page_size = mapping->page_size;
		found->seen += !candidate->counted;
	}
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
 * Look into a process. Returns 0, or an errno. Zombies and threads of the kernel, which have
 * no memory, let everybody look (mm_access() in kernel/fork.c): they are not hidden.
 */
static int visit(struct work *work, pid_t pid)
{
	struct candidate candidate = {.holder = {.pid = pid}};
	char name[16];
	int error = 0;

	if (processes_is_silent(work->search->processes, pid))
		return ETIME;
	snprintf(name, sizeof(name), "%d", (int)pid);
	if (subject_open(&candidate.subject, work->proc, name, pid) ||
	    look_into_process(work, &candidate))
		error = errno;
	subject_close(&candidate.subject);
	return error == ENOENT || error == ESRCH ? 0 : error;
}

/* Add mappings of a segment that count. */
static void add_seen(struct work *work, struct attachment *attachment, uint64_t seen)
{
	const bool was_complete = attachment->seen >= attachment->nattch;

	attachment->seen += seen;
	if (!was_complete && attachment->seen >= attachment->nattch)
		work->incomplete--;
}

/* Whether a child goes on: what comes first is the memory that others have met before it. */
static bool begin_child(struct work *work)
{
	if (work->has_begun)
		return true;
	work->has_begun = true;
	for (size_t i = 0; i < work->spaces; i++)
		if (address_spaces_meet(&work->met, &work->space[i]) < 0)
			return false;
	return true;
}

/* One step of the child. What was found counts when the process has been looked into whole. */
static int visit_one(void *context, size_t step)
{
	struct work *work = context;
	struct report *report = work->report;
	struct timespec left;
	int error;

	if (!deadline_left(&work->deadline, &left)) {
		report->unasked = work->processes - step;
		return -1;
	}
	work->filled = report->count;
	error = begin_child(work) ? visit(work, work->pids[step]) : ENOMEM;
	if (error == ENOBUFS && report->count)
		return WORKER_PAUSED;
	if (error == ENOMEM) {
		report->error = error;
		return -1;
	}
	report->looks++;
	report->hidden += error != 0;
	for (size_t i = report->count; i < work->filled; i++)
		add_seen(work, &work->list[report->item[i].place], report->item[i].seen);
	report->count = work->filled;
	return work->incomplete ? WORKER_DONE : -1;
}

/* In the parent: one more holder. Returns 0, or -1 and errno ENOMEM. */
static int add_holder(struct work *work, const struct found *found)
{
	struct attachment *attachment = &work->list[found->place];
	struct holder *holder = grow(attachment->holder, attachment->holders,
				     sizeof(holder[0]));

	if (!holder)
		return -1;
	attachment->holder = holder;
	holder[attachment->holders++] = found->holder;
	if (found->holder.verified) {
		attachment->key = found->key;
		attachment->key_known = true;
		attachment->page_size = found->page_size;
	}
	add_seen(work, attachment, found->seen);
	return 0;
}

/* Keep what the next child has to meet. Returns 0, or -1 and errno ENOMEM. */
static int add_space(struct work *work, const struct found *found)
{
	struct address_space *space = work->space;

	if (found->counted ||
	    (work->spaces && space[work->spaces - 1].pid == found->space.pid))
		return 0;
	space = grow(space, work->spaces, sizeof(space[0]));
	if (!space)
		return -1;
	work->space = space;
	space[work->spaces++] = found->space;
	return 0;
}

/* Take what a child has found. Returns 0, or -1 and errno. */
static int take_report(struct work *work)
{
	const struct report *report = work->report;

	work->search->looks += report->looks;
	work->search->hidden += report->hidden + report->unasked;
	for (size_t i = 0; i < report->count; i++)
		if (add_holder(work, &report->item[i]) ||
		    add_space(work, &report->item[i]))
			return -1;
	errno = report->error;
	return report->error ? -1 : 0;
}

/* From a step on, as far as one child comes. Returns 0, or -1 and errno. */
static int visit_some(struct work *work, struct worker *worker)
{
	int result;

	work->report = worker_share(sizeof(*work->report));
	if (!work->report)
		return -1;
	result = worker_run(worker);
	if (result == 0)
		result = take_report(work);
	worker_unshare(work->report, sizeof(*work->report));
	return result;
}
/* One process after another, in the order of /proc: that of their PIDs. */
static int visit_all(struct work *work)
{
	struct attach_search *search = work->search;
	struct worker worker = {.count = work->processes,
				.step = visit_one,
				.context = work,
				.patience = &search->processes->patience};

	while (work->incomplete && worker.next < worker.count) {
		if (visit_some(work, &worker)) {
			if (errno != ETIME)
				return -1;
			search->hidden += worker.count - worker.next;
			return 0;
		}
		if (worker.end == WORKER_STUCK) {
			search->looks++;
			search->hidden++;
			processes_note_silent(search->processes,
					      work->pids[worker.next++]);
		}
	}
	if (!work->incomplete)
		search->hidden = 0;
	return 0;
}

/* All PIDs that /proc lists. Returns 0, or -1 and errno. */
static int list_processes(struct work *work, DIR *proc)
{
	struct dirent *entry;
	uint64_t number;
	pid_t *pids;

	while (errno = 0, (entry = readdir(proc))) {
		if (number_decimal(entry->d_name, INT_MAX, &number))
			continue;
		pids = grow(work->pids, work->processes, sizeof(pids[0]));
		if (!pids)
			return -1;
		work->pids = pids;
		pids[work->processes++] = (pid_t)number;
	}
	return errno ? -1 : 0;
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
	work->list = list;
	work->deadline = deadline_after(SEARCH_SECONDS);
	work->by_id = calloc(count + !count, sizeof(work->by_id[0]));
	work->last = calloc(count + !count, sizeof(work->last[0]));
	if (!work->by_id || !work->last)
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

/* Returns 0, or -1 and errno. */
static int search_processes(struct work *work)
{
	DIR *proc = opendir("/proc");
	int result = -1, error;

	if (!proc)
		return -1;
	work->proc = dirfd(proc);
	if (subject_own_namespace(work->proc, work->ipc) == 0 &&
	    list_processes(work, proc) == 0)
		result = visit_all(work);
	error = errno;
	closedir(proc);
	errno = error;
	return result;
}

int attach_find(struct attach_search *search, struct attachment *list, size_t count)
{
	struct work work = {.search = search};
	int got = prepare(&work, list, count), error;

	if (got == 0)
		got = search_processes(&work);
	error = errno;
	if (!search->processes->trust_proc)
		forget_pids(list, count);
	free(work.space);
	free(work.pids);
	free(work.last);
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

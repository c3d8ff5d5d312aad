/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "attach.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/kcmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "mapping.h"
#include "number.h"
#include "segment.h"

/* "ipc:[4026531839]" (namespaces(7)), which is cheaper to read than to follow. */
enum { NAMESPACE = 32 };

/* The memory of a holder: one of the processes that have it, and a mapping in it. */
struct memory {
	pid_t pid;
	int id;
	uint64_t start;
};

struct work {
	struct attach_search *search;
	struct attachment **by_id;
	size_t count;
	size_t incomplete;   /* attachments of which somebody is missing */
	bool sees_no_files;  /* the capability for what is behind mappings is not there */
	char ipc[NAMESPACE]; /* our IPC namespace */
	struct memory *memory;
	size_t memories; /* in the order of compare_memory() */
	struct mappings mappings;
};

/* The process that is being looked into. */
struct subject {
	int directory;	      /* its /proc/PID, which nobody inherits with the PID */
	int thread;	      /* of the thread in it whose memory and namespace count */
	int files;	      /* where that thread has map_files */
	struct holder holder; /* what all its attaches have in common */
	bool known;	      /* one of ours, with all that is told of a holder */
	bool counted;	      /* its memory belongs to a process seen before */
};

/* Room for one more at the end of an array that grew by this alone, or NULL. */
static void *grow(void *array, size_t count, size_t size)
{
	if (count & (count - 1))
		return array;
	return reallocarray(array, count ? 2 * count : 1, size);
}

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

/*
 * An order of memories in which only the same is equal. Of all that have the same
 * segment at the same address, forks for the most part, the kernel has one.
 */
static int compare_memory(const struct memory *a, const struct memory *b)
{
	long order;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	if (a->id != b->id)
		return a->id < b->id ? -1 : 1;
	order = syscall(SYS_kcmp, (long)a->pid, (long)b->pid, (long)KCMP_VM, 0L, 0L);
	return order == 0 ? 0 : order == 2 ? 1 : -1;
}

/* Whether a process met before has this memory. If none has, remember it. */
static int remember_memory(struct work *work, const struct memory *memory, bool *met)
{
	size_t low = 0, high = work->memories;
	struct memory *grown;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = compare_memory(memory, &work->memory[middle]);

		*met = order == 0;
		if (*met)
			return 0;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	grown = grow(work->memory, work->memories, sizeof(*grown));
	if (!grown)
		return -1;
	work->memory = grown;
	memmove(&grown[low + 1], &grown[low], (work->memories++ - low) * sizeof(*grown));
	grown[low] = *memory;
	return 0;
}

/* Read which IPC namespace the process has whose directory in /proc is given. */
static int read_namespace(int directory, const char *path, char *name)
{
	ssize_t got = readlinkat(directory, path, name, NAMESPACE - 1);

	if (got < 0)
		return -1;
	name[got] = '\0';
	return 0;
}

/* Returns 1 if the subject is in our IPC namespace, 0 if in another, or -1. */
static int is_ours(const struct work *work, const struct subject *subject)
{
	char ipc[NAMESPACE];

	if (read_namespace(subject->thread, "ns/ipc", ipc))
		return -1;
	return strcmp(ipc, work->ipc) == 0;
}

/* Learn what holders tell. Returns 1, 0 if the subject is none of ours, or -1. */
static int get_to_know(struct work *work, struct subject *subject,
		       const struct mapping *mapping)
{
	const struct processes *processes = work->search->processes;
	struct holder *holder = &subject->holder;
	const struct memory memory = {
		.pid = holder->pid, .id = mapping->id, .start = mapping->start};
	struct process process = {.started = PROCESS_STARTED_UNKNOWN};
	struct stat stat;
	int ours = is_ours(work, subject);

	if (ours <= 0)
		return ours;
	if (processes->trust_proc && remember_memory(work, &memory, &subject->counted))
		return -1;
	if (work->search->describe) {
		if (fstat(subject->directory, &stat))
			return -1;
		processes_describe(processes, subject->directory, &process);
		holder->uid = stat.st_uid;
	}
	holder->started = process.started;
	memcpy(holder->command, process.command, sizeof(holder->command));
	subject->known = true;
	return 1;
}

/* The subject as a holder; a new one, unless it is known to be the last already. */
static struct holder *add_holder(struct attachment *attachment,
				 const struct subject *subject)
{
	struct holder *holder = attachment->holder;
	size_t count = attachment->holders;

	if (count && holder[count - 1].pid == subject->holder.pid)
		return &holder[count - 1];
	holder = grow(holder, count, sizeof(*holder));
	if (!holder)
		return NULL;
	attachment->holder = holder;
	attachment->holders++;
	holder[count] = subject->holder;
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
	char path[sizeof("map_files/-") + 32];
	struct stat stat;

	if (work->sees_no_files)
		return true;
	snprintf(path, sizeof(path), "map_files/%jx-%jx", (uintmax_t)mapping->start,
		 (uintmax_t)mapping->end);
	if (fstatat(subject->files, path, &stat, 0)) {
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

/* Returns 1 to go on with the subject, 0 if it is none of ours, or -1 and errno. */
static int take(struct work *work, struct subject *subject, const struct mapping *mapping)
{
	struct attachment *attachment = find(work, mapping->id);
	struct holder *holder;
	int ours;

	if (!attachment || !can_be_of(work, attachment, subject, mapping))
		return 1;
	if (!subject->known) {
		ours = get_to_know(work, subject, mapping);
		if (ours <= 0)
			return ours;
	}
	holder = add_holder(attachment, subject);
	if (!holder)
		return -1;
	holder->mappings++;
	holder->writable |= mapping->writable;
	attachment->key = mapping->key;
	attachment->key_known = true;
	attachment->page_size = mapping->page_size;
	if (!subject->counted && ++attachment->seen == attachment->nattch)
		work->incomplete--;
	return 1;
}

/* Go through all mappings of the subject. Returns 0, or -1 and errno. */
static int look_into(struct work *work, struct subject *subject)
{
	struct mapping mapping;
	int got;

	if (mappings_open(&work->mappings, subject->thread))
		return -1;
	do {
		got = mappings_next(&work->mappings, &mapping);
		if (got > 0)
			got = take(work, subject, &mapping);
	} while (got > 0);
	mappings_close(&work->mappings);
	return got;
}

/*
 * Open the directory of a thread that is not the first, in that of the process. The
 * link count of task/ is that of a directory: 2, and one for each thread. There are no
 * map_files in it, but in /proc/TID, which is there though it is not listed. Returns -1
 * with errno ESRCH if there is no other.
 */
static int open_other_thread(struct subject *subject)
{
	char path[sizeof("../../") + 16];
	struct stat stat;
	struct dirent *entry;
	uint64_t tid;
	DIR *task;
	int fd = -1;

	if (fstatat(subject->directory, "task", &stat, 0))
		return -1;
	if (stat.st_nlink <= 3) {
		errno = ESRCH;
		return -1;
	}
	fd = openat(subject->directory, "task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	task = fdopendir(fd);
	if (!task) {
		close(fd);
		return -1;
	}
	fd = -1;
	errno = ESRCH;
	while (fd < 0 && (entry = readdir(task)))
		if (number_decimal(entry->d_name, INT_MAX, &tid) == 0 &&
		    (pid_t)tid != subject->holder.pid)
			fd = openat(dirfd(task), entry->d_name,
				    O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		snprintf(path, sizeof(path), "../../%" PRIu64, tid);
		subject->files = openat(dirfd(task), path,
					O_PATH | O_DIRECTORY | O_CLOEXEC);
	}
	closedir(task);
	return fd;
}

/*
 * As look_into(), also if the first thread has ended, with pthread_exit(3): then its
 * directory has no memory, but the process and its other threads have.
 */
static int look_into_process(struct work *work, struct subject *subject)
{
	int result;

	subject->thread = subject->files = subject->directory;
	result = look_into(work, subject);
	if (subject->known || (result && errno != ESRCH) ||
	    (result == 0 && !work->mappings.text))
		return result;
	subject->thread = open_other_thread(subject);
	if (subject->thread < 0)
		return -1;
	result = look_into(work, subject);
	close(subject->thread);
	if (subject->files >= 0)
		close(subject->files);
	return result;
}

/*
 * Returns -1 if memory has run out. Zombies and threads of the kernel, which have none,
 * let everybody look (mm_access() in kernel/fork.c): they are not among the hidden.
 */
static int visit(struct work *work, int proc, const char *name, pid_t pid)
{
	struct subject subject = {
		.directory = openat(proc, name, O_PATH | O_DIRECTORY | O_CLOEXEC),
		.holder = {.pid = pid},
	};
	int error = 0;

	work->search->looks++;
	if (subject.directory < 0 || look_into_process(work, &subject))
		error = errno;
	work->search->hidden += error && error != ENOENT && error != ESRCH;
	if (subject.directory >= 0)
		close(subject.directory);
	errno = error;
	return error == ENOMEM ? -1 : 0;
}

/* One process after another, in the order of /proc: that of their PIDs. */
static int visit_all(struct work *work, DIR *proc)
{
	struct dirent *entry;
	uint64_t pid;

	if (!proc || read_namespace(dirfd(proc), "self/ns/ipc", work->ipc))
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
	free(work.memory);
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

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fence-record.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "procfs.h"
#include "scan.h"
#include "sysv.h"
#include "unmapped.h"

/* Its version is that of the items, which another program may have written. */
static const char magic[sizeof(((struct fence_record *)0)->magic)] =
	"shmtool: closed by a fence, version 1\n";

struct fence_record *fence_record_make(int *id)
{
	const struct sysv_request request = {.size = sizeof(struct fence_record),
					     .mode = FENCE_RECORD_MODE};
	struct fence_record *record;
	int error;

	*id = sysv_create(&request);
	if (*id < 0)
		return NULL;
	record = sysv_attach(*id, true);
	if (record) {
		/* Whoever finds the text finds us attached as well. */
		memcpy(record->magic, magic, sizeof(magic));
		return record;
	}
	error = errno;
	sysv_remove(*id);
	errno = error;
	return NULL;
}

void fence_record_remove(struct fence_record *record, int id)
{
	sysv_remove(id);
	sysv_detach(record);
}

/* Whether it is of the caller's making and nobody else's, but for what is in it. */
static bool is_ours(const struct segment *segment)
{
	const uid_t user = geteuid();

	return segment->size == sizeof(struct fence_record) && segment->key == 0 &&
	       segment->uid == user && segment->cuid == user && !segment->dest &&
	       segment->mode == FENCE_RECORD_MODE &&
	       !unmapped_owns(unmapped_read(), segment);
}

bool fence_record_is_left(const struct segment *segment)
{
	return segment->nattch == 0 && is_ours(segment);
}

/* Returns how many were opened. */
static size_t open_all(struct fence_record *record, bool *failed)
{
	struct segment now;
	size_t opened = 0;

	for (size_t i = 0; i < FENCE_RECORD_ROOM; i++) {
		struct closed *item = &record->item[i];
		bool is_closed;

		if (!item->closed)
			continue;
		is_closed = sysv_stat(item->segment.id, &now) == 0 && now.mode == 0;
		/* Its PID may be one of another PID namespace; its owner takes the place. */
		if (is_closed && now.uid == item->segment.uid &&
		    now.gid == item->segment.gid)
			item->segment.cpid = now.cpid;
		if (fence_open(item) && errno != ESTALE)
			*failed = true;
		else if (is_closed && sysv_stat(item->segment.id, &now) == 0)
			opened += now.mode != 0;
	}
	return opened;
}

static size_t recover(int id)
{
	struct fence_record *record = sysv_attach(id, true);
	struct segment now;
	bool failed = false;
	size_t opened = 0;

	if (!record)
		return 0;
	/* The text first: one who has written it by now is counted then. */
	if (memcmp(record->magic, magic, sizeof(magic)) == 0 &&
	    sysv_stat(id, &now) == 0 && is_ours(&now) && now.nattch == 1) {
		opened = open_all(record, &failed);
		if (!failed)
			sysv_remove(id);
	}
	sysv_detach(record);
	return opened;
}

size_t fence_record_recover(void)
{
	enum { AT_ONCE = 64 };
	int ids[AT_ONCE];
	struct segment segment;
	struct scan scan;
	size_t count = 0, opened = 0;

	if (scan_open(&scan, PROCFS_SHM))
		return 0;
	while (count < AT_ONCE && scan_next(&scan, &segment) > 0)
		if (fence_record_is_left(&segment))
			ids[count++] = segment.id;
	scan_close(&scan);
	for (size_t i = 0; i < count; i++)
		opened += recover(ids[i]);
	return opened;
}

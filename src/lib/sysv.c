/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sysv.h"

#include <errno.h>
#include <stddef.h>
#include <sys/shm.h>

#include "segment.h"

/* Absent is one answer; the kernel gives EINVAL for a free id and EIDRM in a race. */
static int absent_is_enoent(int result)
{
	if (result < 0 && (errno == EINVAL || errno == EIDRM))
		errno = ENOENT;
	return result;
}

static void from_kernel(int id, const struct shmid_ds *ds, struct segment *segment)
{
	*segment = (struct segment){
		.id = id,
		.key = (uint32_t)ds->shm_perm.__key,
		.uid = ds->shm_perm.uid,
		.cuid = ds->shm_perm.cuid,
		.gid = ds->shm_perm.gid,
		.cgid = ds->shm_perm.cgid,
		.mode = ds->shm_perm.mode & 0777,
		.dest = ds->shm_perm.mode & SHM_DEST,
		.locked = ds->shm_perm.mode & SHM_LOCKED,
		.size = ds->shm_segsz,
		.rss = SEGMENT_UNKNOWN,
		.swap = SEGMENT_UNKNOWN,
		.nattch = ds->shm_nattch,
		.cpid = ds->shm_cpid,
		.lpid = ds->shm_lpid,
		.atime = ds->shm_atime,
		.dtime = ds->shm_dtime,
		.ctime = ds->shm_ctime,
	};
}

/* These answers come through a pointer to another type: give it room for each. */
union info {
	struct shmid_ds room;
	struct shm_info use;   /* SHM_INFO */
	struct shminfo limits; /* IPC_INFO */
};

int sysv_last_slot(void)
{
	union info info = {0};

	return shmctl(0, SHM_INFO, &info.room);
}

int sysv_limits(struct sysv_limits *limits)
{
	union info use = {0}, info = {0};

	if (shmctl(0, SHM_INFO, &use.room) < 0 || shmctl(0, IPC_INFO, &info.room) < 0)
		return -1;
	*limits = (struct sysv_limits){
		.shmmni = info.limits.shmmni,
		.segments = (uint64_t)use.use.used_ids,
		.shmall = info.limits.shmall,
		.pages = use.use.shm_tot,
		.shmmax = info.limits.shmmax,
	};
	return 0;
}

int sysv_stat_slot(int slot, struct segment *segment)
{
	struct shmid_ds ds = {0};
	int id = absent_is_enoent(shmctl(slot, SHM_STAT_ANY, &ds));

	if (id < 0)
		return -1;
	from_kernel(id, &ds, segment);
	return 0;
}

int sysv_stat(int id, struct segment *segment)
{
	/*
	 * IPC_STAT would need read permission. SHM_STAT_ANY takes an id as well as a
	 * slot, since ipc_obtain_object_idr() looks only at the id's low bits, and
	 * returns the id that it found there.
	 */
	if (sysv_stat_slot(id, segment))
		return -1;
	if (segment->id != id) {
		errno = ENOENT;
		return -1;
	}
	return 0;
}

int sysv_find(uint32_t key)
{
	return shmget((key_t)key, 0, 0);
}

/* SHM_HUGE_SHIFT and its mask of shmget(2), which glibc does not define. */
enum { HUGE_SHIFT = 26, HUGE_MASK = 0x3f };

static int huge_flags(unsigned int huge)
{
	if (huge == 0)
		return 0;
	if (huge == SYSV_HUGE)
		return SHM_HUGETLB;
	return (int)(SHM_HUGETLB | (huge & HUGE_MASK) << HUGE_SHIFT);
}

int sysv_create(const struct sysv_request *request)
{
	if (request->size > SIZE_MAX) {
		errno = EINVAL;
		return -1;
	}
	return shmget((key_t)request->key, (size_t)request->size,
		      IPC_CREAT | IPC_EXCL | (int)(request->mode & 0777) |
			      huge_flags(request->huge) |
			      (request->no_reserve ? SHM_NORESERVE : 0));
}

int sysv_set(const struct segment *segment)
{
	struct shmid_ds ds = {.shm_perm = {.uid = segment->uid,
					   .gid = segment->gid,
					   .mode = (mode_t)(segment->mode & 0777)}};

	return absent_is_enoent(shmctl(segment->id, IPC_SET, &ds));
}

int sysv_set_mode(const struct segment *segment, unsigned int mode)
{
	struct segment wanted = *segment;

	wanted.mode = mode;
	return sysv_set(&wanted);
}

int sysv_lock(int id, bool locked)
{
	return absent_is_enoent(shmctl(id, locked ? SHM_LOCK : SHM_UNLOCK, NULL));
}

void *sysv_attach(int id, bool writable)
{
	void *at = shmat(id, NULL, writable ? 0 : SHM_RDONLY);

	/* The address of a failure is (void *)-1. */
	if ((intptr_t)at != -1)
		return at;
	absent_is_enoent(-1);
	return NULL;
}

void sysv_detach(const void *at)
{
	shmdt(at);
}

int sysv_remove(int id)
{
	return absent_is_enoent(shmctl(id, IPC_RMID, NULL));
}

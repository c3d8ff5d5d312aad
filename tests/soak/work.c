/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a worker does with segments. */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "soak.h"

/* What a program can be told while its segment is removed. Anything else is a bug. */
static bool is_gone(int error)
{
	return error == EINVAL || error == EIDRM;
}

static struct slot *slot_at(struct hand *hand, int index)
{
	return index == NOBODY ? NULL : &hand->soak->slot[index];
}

static int room(const int *entry, int count)
{
	for (int i = 0; i < count; i++)
		if (entry[i] == NOBODY)
			return i;
	return -1;
}

static void make(struct hand *hand)
{
	struct soak *soak = hand->soak;
	const int entry = room(hand->made, MADE);
	const int index = entry < 0 ? NOBODY : slot_take(soak);
	struct slot *slot = slot_at(hand, index);
	int64_t before;
	int id;

	if (!slot)
		return;
	slot_reset(slot, (enum pool)pick(&hand->random, POOLS), hand->user,
		   &hand->random);
	slot->key = chance(&hand->random, 50) ? (key_t)(KEY + index) : IPC_PRIVATE;
	slot->creator = (int)(hand->self - soak->worker);
	slot->alive = FOREVER;
	atomic_store(&slot->state, SLOT_MAKING);
	before = stamp();
	id = shmget(slot->key, slot_size(soak, slot),
		    IPC_CREAT | IPC_EXCL | (int)slot->mode);
	if (id < 0)
		err(1, "shmget");
	slot->id = id;
	slot->made = now();
	raise_to(&slot->touched, before);
	hand->made[entry] = index;
	atomic_store(&slot->state, SLOT_MADE);
	tally(soak, T_MADE);
}

/*
 * Attach it. Who is refused by a fence tries again, until it is open or gone: the mode
 * allows it. Returns the address, or NULL if it is gone.
 */
static char *attach(struct hand *hand, struct slot *slot, bool writable)
{
	struct soak *soak = hand->soak;
	const int64_t begin = now();
	int64_t before;
	char *at;

	for (;;) {
		before = stamp();
		at = shmat(slot->id, NULL, writable ? 0 : SHM_RDONLY);
		if (at != (void *)-1)
			break;
		if (is_gone(errno))
			return NULL;
		if (errno != EACCES)
			err(1, "shmat");
		if (!look_allows(soak, slot, hand->user))
			return NULL;
		tally(soak, T_REFUSED);
		raise_to(&soak->longest_refusal, now() - begin);
		if (now() - begin > soak->patience * SECOND) {
			fault(soak, MODES, "%s is closed for %u s", slot_name(slot),
			      soak->patience);
			return NULL;
		}
		usleep(1000);
	}
	raise_to(&slot->touched, before);
	return at;
}

static int some_slot(struct hand *hand)
{
	const int own = hand->made[pick(&hand->random, MADE)];

	if (own != NOBODY && !hand->soak->slot[own].gone && chance(&hand->random, 50))
		return own;
	for (int i = 0; i < 50; i++) {
		const int index = (int)pick(&hand->random, SLOTS);
		const struct slot *slot = &hand->soak->slot[index];

		if (slot->state == SLOT_MADE && slot->remover == BY_NOBODY &&
		    !slot->gone && look_allows(hand->soak, slot, hand->user))
			return index;
	}
	return NOBODY;
}

/* As programs find it. Only create makes a second one with the same key. */
static void look_up(struct soak *soak, const struct slot *slot)
{
	const int id = slot->key && slot->creator != NOBODY ? shmget(slot->key, 0, 0)
							    : -1;

	if (id >= 0 && id != slot->id)
		fault(soak, OWNED, "%s has the key of segment %d", slot_name(slot), id);
}

static void hold(struct hand *hand)
{
	struct worker *self = hand->self;
	const int index = some_slot(hand);
	struct slot *slot = slot_at(hand, index);
	int entry = 0;

	while (entry < HELD && self->held[entry] != NOBODY)
		entry++;
	if (!slot || entry == HELD)
		return;
	look_up(hand->soak, slot);
	hand->writable[entry] = chance(&hand->random, 80);
	atomic_fetch_add(&slot->begun, 1);
	hand->at[entry] = attach(hand, slot, hand->writable[entry]);
	if (hand->at[entry])
		atomic_store(&self->held[entry], index);
	atomic_fetch_add(&slot->ended, 1);
}

/* From now on, unless somebody begins to attach it, it is ours: nobody else is there. */
static void claim(struct hand *hand, int index)
{
	const struct slot *slot = &hand->soak->slot[index];
	const unsigned int ended = slot->ended, begun = slot->begun;
	struct shmid_ds ds;

	if (slot->pool != POOL_GC || ended != begun ||
	    user_id(hand->soak, slot->user) != user_id(hand->soak, hand->user) ||
	    shmctl(slot->id, IPC_STAT, &ds) || ds.shm_nattch || ds.shm_lpid != getpid())
		return;
	for (int i = 0; i < LAST; i++)
		if (hand->last[i].index == NOBODY || i == LAST - 1) {
			hand->last[i].index = index;
			hand->last[i].begun = begun;
			return;
		}
}

static void let_go(struct hand *hand, int entry)
{
	const int index = hand->self->held[entry];
	struct slot *slot = slot_at(hand, index);
	int64_t before;

	if (!slot)
		return;
	atomic_store(&hand->self->held[entry], NOBODY);
	before = stamp();
	if (shmdt(hand->at[entry]))
		err(1, "shmdt");
	raise_to(&slot->touched, before);
	claim(hand, index);
}

void work_detach_all(struct hand *hand)
{
	for (int i = 0; i < HELD; i++)
		let_go(hand, i);
}

static void put_in(struct hand *hand, int entry)
{
	const int index = hand->self->held[entry];
	const unsigned int page = pick(&hand->random, PAGES);
	struct slot *slot = slot_at(hand, index);

	if (!slot || !hand->writable[entry])
		return;
	memcpy(hand->at[entry] + page * PAGE, &slot->word, sizeof(slot->word));
	atomic_fetch_or(&slot->pages, 1U << page);
}

/* Only of one that no fence can be around: there is no call that changes one then. */
static void change(struct hand *hand)
{
	const int index = hand->made[pick(&hand->random, MADE)];
	struct slot *slot = slot_at(hand, index);
	const uid_t id = user_id(hand->soak, hand->user);
	struct shmid_ds ds = {.shm_perm = {.uid = id, .gid = id}};
	int64_t before;

	if (!slot || slot->pool != POOL_GC || atomic_exchange(&slot->changing, true))
		return;
	slot->next_mode = ds.shm_perm.mode = pick_mode(&hand->random);
	before = stamp();
	if (shmctl(slot->id, IPC_SET, &ds))
		fault(hand->soak, ALIVE, "%s cannot be set by its owner: %s",
		      slot_name(slot), strerror(errno));
	raise_to(&slot->touched, before);
	slot->mode = slot->next_mode;
	atomic_store(&slot->changing, false);
	tally(hand->soak, T_CHANGES);
}

static void remove_own(struct hand *hand)
{
	const unsigned int entry = pick(&hand->random, MADE);
	const int index = hand->made[entry];
	struct slot *slot = slot_at(hand, index);

	if (!slot || slot->pool != POOL_ANY)
		return;
	atomic_store(&slot->rmid, true);
	if (shmctl(slot->id, IPC_RMID, NULL) == 0) {
		slot->remover = BY_OWNER;
		tally(hand->soak, T_RMID);
	}
	hand->made[entry] = NOBODY;
}

void work_look(struct hand *hand)
{
	const pid_t self = getpid();

	for (int i = 0; i < HELD; i++)
		if (hand->self->held[i] != NOBODY)
			look_at_held(hand->soak, hand->self->held[i], hand->at[i],
				     hand->user);
	for (int i = 0; i < MADE; i++)
		if (hand->made[i] != NOBODY)
			look_at_own(hand->soak, hand->made[i], self);
	for (int i = 0; i < LAST; i++)
		if (hand->last[i].index != NOBODY &&
		    !look_is_last(hand->soak, hand->last[i].index, hand->last[i].begun))
			hand->last[i].index = NOBODY;
}

/* One thing at random. */
void work(struct hand *hand)
{
	const unsigned int what = pick(&hand->random, 100);

	if (what < 15)
		make(hand);
	else if (what < 50)
		hold(hand);
	else if (what < 70)
		let_go(hand, (int)pick(&hand->random, HELD));
	else if (what < 85)
		put_in(hand, (int)pick(&hand->random, HELD));
	else if (what < 90)
		change(hand);
	else if (what < 94)
		remove_own(hand);
	else if (what < 97)
		work_fork(hand);
	work_end_children(hand, false);
	work_look(hand);
	usleep(pick(&hand->random, 4000));
}

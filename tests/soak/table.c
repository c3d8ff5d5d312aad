/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is shared; time, chance and faults. */
#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "soak.h"

enum { COMPLAINTS = 5 }; /* of each family; the rest is counted */
enum { POOL_SIZE = 0x10000 };

int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_REALTIME, &time);
	return time.tv_sec * SECOND + time.tv_nsec;
}

/*
 * The clock of the kernel's stamps, which is some milliseconds late: what is done after
 * this is stamped with this second or a later one.
 */
int64_t stamp(void)
{
	struct timespec time;

	clock_gettime(CLOCK_REALTIME_COARSE, &time);
	return time.tv_sec * SECOND + time.tv_nsec;
}

/* splitmix64, by Steele, Lea and Flood: any seed will do, also 0 and its neighbours. */
uint64_t draw(struct random *random)
{
	uint64_t z = random->state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

unsigned int pick(struct random *random, unsigned int count)
{
	return (unsigned int)(draw(random) % count);
}

bool chance(struct random *random, unsigned int percent)
{
	return pick(random, 100) < percent;
}

/* With each its owner may do all: what he is refused is refused by a fence. */
unsigned int pick_mode(struct random *random)
{
	static const unsigned int modes[] = {0600, 0640, 0644, 0660, 0666, 0622, 0777};

	return modes[pick(random, sizeof(modes) / sizeof(modes[0]))];
}

void raise_to(_Atomic int64_t *time, int64_t least)
{
	int64_t before = atomic_load(time);

	while (before < least && !atomic_compare_exchange_weak(time, &before, least))
		;
}

void check(struct soak *soak, enum family family)
{
	atomic_fetch_add(&soak->count[family].checks, 1);
}

void fault(struct soak *soak, enum family family, const char *format, ...)
{
	char text[512];
	va_list list;

	if (atomic_fetch_add(&soak->count[family].faults, 1) >= COMPLAINTS)
		return;
	va_start(list, format);
	vsnprintf(text, sizeof(text), format, list);
	va_end(list);
	warnx("FAULT %d: %s", family + 1, text);
}

void tally(struct soak *soak, enum tally what)
{
	atomic_fetch_add(&soak->tally[what], 1);
}

struct soak *soak_share(void)
{
	struct soak *soak = mmap(NULL, sizeof(*soak), PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (soak == MAP_FAILED)
		err(2, "mmap");
	for (int i = 0; i < SLOTS; i++)
		soak->free[i] = SLOTS - 1 - i;
	soak->free_count = SLOTS;
	soak->master = getpid();
	return soak;
}

/* Room for a segment, or NOBODY. They come back when a round is over. */
int slot_take(struct soak *soak)
{
	int count = atomic_fetch_sub(&soak->free_count, 1);

	if (count > 0)
		return soak->free[count - 1];
	atomic_fetch_add(&soak->free_count, 1);
	return NOBODY;
}

void slot_reset(struct slot *slot, enum pool pool, int user, struct random *random)
{
	/* Who remembers what was here before must notice. */
	const unsigned int begun = slot->begun + 1;

	*slot = (struct slot){.id = -1,
			      .previous_id = -1,
			      .pool = pool,
			      .user = user,
			      .creator = NOBODY,
			      .begun = begun,
			      .ended = begun};
	slot->mode = slot->next_mode = pick_mode(random);
	/* No byte of it is 0, as are those that nobody has written. */
	slot->word = draw(random) | 0x0101010101010101;
}

size_t slot_size(const struct soak *soak, const struct slot *slot)
{
	return (size_t)(slot->pool + 1) * POOL_SIZE + (size_t)(slot - soak->slot);
}

struct slot *slot_of_size(struct soak *soak, size_t size)
{
	const size_t index = size % POOL_SIZE;
	struct slot *slot = &soak->slot[index % SLOTS];

	if (index >= SLOTS || slot->state == SLOT_FREE || slot_size(soak, slot) != size)
		return NULL;
	return slot;
}

struct slot *slot_of_id(struct soak *soak, int id)
{
	for (struct slot *slot = soak->slot; slot < soak->slot + SLOTS; slot++)
		if (slot->state == SLOT_MADE && slot->id == id)
			return slot;
	return NULL;
}

/* As faults have it. Good until the next call. */
const char *slot_name(const struct slot *slot)
{
	static const char *const pools[] = {"for gc", "for rm --unused", "for rm"};
	static char text[160];

	snprintf(text, sizeof(text),
		 "segment %d (%s, key 0x%x, mode %03o, user %d, made by %s%d)", slot->id,
		 pools[slot->pool], (unsigned int)slot->key, slot->mode, slot->user,
		 slot->creator == NOBODY ? "the tool " : "worker ", slot->creator);
	return text;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "address-space.h"

#include <linux/kcmp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "grow.h"

/*
 * An order in which only the same is equal. Of all that have the same segment at the same
 * address, forks for the most part, the kernel has one.
 */
static int compare(const struct address_space *a, const struct address_space *b)
{
	long order;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	if (a->id != b->id)
		return a->id < b->id ? -1 : 1;
	order = syscall(SYS_kcmp, (long)a->pid, (long)b->pid, (long)KCMP_VM, 0L, 0L);
	return order == 0 ? 0 : order == 2 ? 1 : -1;
}

/* Put it at this place. Returns 0, or -1. */
static int insert(struct address_spaces *met, size_t place,
		  const struct address_space *space)
{
	struct address_space *item = grow(met->item, met->count, sizeof(item[0]));

	if (!item)
		return -1;
	met->item = item;
	memmove(&item[place + 1], &item[place], (met->count++ - place) * sizeof(item[0]));
	item[place] = *space;
	return 0;
}

int address_spaces_meet(struct address_spaces *met, const struct address_space *space)
{
	size_t low = 0, high = met->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = compare(space, &met->item[middle]);

		if (order == 0)
			return 1;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return insert(met, low, space);
}

void address_spaces_release(struct address_spaces *met)
{
	free(met->item);
	*met = (struct address_spaces){0};
}

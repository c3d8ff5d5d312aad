/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "select.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "number.h"
#include "segment.h"
#include "verdict.h"

int selector_parse(const char *text, struct selector *selector)
{
	selector->by_key = strncasecmp(text, "0x", 2) == 0;
	if (selector->by_key)
		return number_hex_key(text, &selector->key);
	return number_id(text, &selector->id);
}

bool selector_matches(const struct selector *selector, const struct segment *segment)
{
	return selector->by_key ? selector->key == segment->key
				: selector->id == segment->id;
}

int selectors_add(struct selectors *list, const struct selector *selector)
{
	struct selector *item = reallocarray(list->item, list->count + 1,
					     sizeof(list->item[0]));

	if (!item)
		return -1;
	list->item = item;
	item[list->count++] = *selector;
	return 0;
}

void selectors_release(struct selectors *list)
{
	free(list->item);
	*list = (struct selectors){0};
}

static int parse_range(const char *text, struct key_range *range)
{
	const char *dash = strchr(text, '-');
	char first[32];

	if (!dash) {
		if (number_key(text, &range->first))
			return -1;
		range->last = range->first;
		return 0;
	}
	if ((size_t)(dash - text) >= sizeof(first)) {
		errno = EINVAL;
		return -1;
	}
	snprintf(first, sizeof(first), "%.*s", (int)(dash - text), text);
	if (number_key(first, &range->first) || number_key(dash + 1, &range->last))
		return -1;
	if (range->first > range->last) {
		errno = EINVAL;
		return -1;
	}
	return 0;
}

int key_ranges_parse(const char *text, struct key_ranges *ranges)
{
	struct key_range range, *item;

	if (parse_range(text, &range))
		return -1;
	item = reallocarray(ranges->item, ranges->count + 1, sizeof(item[0]));
	if (!item)
		return -1;
	ranges->item = item;
	item[ranges->count++] = range;
	return 0;
}

void key_ranges_release(struct key_ranges *ranges)
{
	free(ranges->item);
	*ranges = (struct key_ranges){0};
}

static bool id_passes(const struct some_id *wanted, unsigned int id)
{
	return !wanted->set || wanted->id == id;
}

static bool key_passes(const struct filter *filter, uint32_t key)
{
	if (filter->private_only && key)
		return false;
	if (filter->keyed_only && !key)
		return false;
	for (size_t i = 0; i < filter->keys.count; i++)
		if (key >= filter->keys.item[i].first && key <= filter->keys.item[i].last)
			return true;
	return filter->keys.count == 0;
}

static bool age_passes(const struct filter *filter, int64_t idle)
{
	/* idle is -1 while attached. */
	return (filter->older_than < 0 || idle >= filter->older_than) &&
	       (filter->newer_than < 0 || idle < filter->newer_than);
}

bool filter_is_set(const struct filter *filter)
{
	return filter->owner.set || filter->creator.set || filter->group.set ||
	       filter->states || filter->keys.count || filter->private_only ||
	       filter->keyed_only || filter->min_size || filter->max_size < UINT64_MAX ||
	       filter->older_than >= 0 || filter->newer_than >= 0 || filter->pid ||
	       filter->mode != FILTER_ANY_MODE;
}

/* Whether a process that segments name may be the one that runs with its PID, or ran. */
static bool may_be(enum fate fate)
{
	return fate != FATE_REPLACED;
}

static bool is_proven(enum fate fate)
{
	return fate == FATE_RUNNING || fate == FATE_GONE;
}

/* Whether the process that is asked for is creator or last user, and its fate is such. */
static bool is_named(const struct filter *filter, const struct finding *finding,
		     bool (*fits)(enum fate fate))
{
	const struct segment *segment = &finding->segment;
	const struct verdict *verdict = &finding->verdict;

	return (filter->pid == segment->cpid && fits(verdict->creator)) ||
	       (filter->pid == segment->lpid && fits(verdict->last));
}

bool filter_is_in_doubt(const struct filter *filter, const struct finding *finding)
{
	return filter->pid && is_named(filter, finding, may_be) &&
	       !is_named(filter, finding, is_proven);
}

bool filter_is_of_unattached(const struct filter *filter)
{
	const unsigned int in_use = 1u << STATE_ATTACHED | 1u << STATE_DEST;

	return filter->older_than >= 0 || (filter->states && !(filter->states & in_use));
}

bool filter_passes(const struct filter *filter, const struct finding *finding, bool holds)
{
	const struct segment *segment = &finding->segment;

	return id_passes(&filter->owner, segment->uid) &&
	       id_passes(&filter->creator, segment->cuid) &&
	       id_passes(&filter->group, segment->gid) &&
	       (!filter->states || filter->states & (1u << finding->verdict.state)) &&
	       key_passes(filter, segment->key) && segment->size >= filter->min_size &&
	       segment->size <= filter->max_size &&
	       age_passes(filter, finding->verdict.idle) &&
	       (filter->mode == FILTER_ANY_MODE || segment->mode == filter->mode) &&
	       (!filter->pid || holds || is_named(filter, finding, may_be));
}

void selector_text(const struct selector *selector, char text[static SELECTOR_ROOM])
{
	if (selector->by_key)
		snprintf(text, SELECTOR_ROOM, "key 0x%08" PRIx32, selector->key);
	else
		snprintf(text, SELECTOR_ROOM, "segment %d", selector->id);
}

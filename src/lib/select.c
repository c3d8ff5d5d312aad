/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "select.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "number.h"
#include "segment.h"

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

void selector_text(const struct selector *selector, char text[static SELECTOR_ROOM])
{
	if (selector->by_key)
		snprintf(text, SELECTOR_ROOM, "key 0x%08" PRIx32, selector->key);
	else
		snprintf(text, SELECTOR_ROOM, "segment %d", selector->id);
}

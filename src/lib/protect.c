/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "protect.h"

#include <stdlib.h>
#include <string.h>

#include "verdict.h"

struct protect *protects_add(struct protects *protects, const char *name)
{
	struct protect *item = reallocarray(protects->item, protects->count + 1,
					    sizeof(item[0]));

	if (!item)
		return NULL;
	protects->item = item;
	item += protects->count;
	*item = (struct protect){.name = strdup(name), .filter = FILTER_ALL};
	if (!item->name)
		return NULL;
	protects->count++;
	return item;
}

static bool is_called(const struct protect *rule, enum fate fate,
		      const struct process *process)
{
	return (fate == FATE_RUNNING || fate == FATE_POSSIBLE) &&
	       strcmp(process->command, rule->command) == 0;
}

static bool protects(const struct protect *rule, const struct finding *finding)
{
	const struct verdict *verdict = &finding->verdict;

	return filter_passes(&rule->filter, finding, false) &&
	       (!rule->command || is_called(rule, verdict->creator, &finding->creator) ||
		is_called(rule, verdict->last, &finding->last));
}

const struct protect *protects_find(const struct protects *list,
				    const struct finding *finding)
{
	for (size_t i = 0; i < list->count; i++)
		if (protects(&list->item[i], finding))
			return &list->item[i];
	return NULL;
}

void protects_release(struct protects *protects)
{
	for (size_t i = 0; i < protects->count; i++) {
		free(protects->item[i].name);
		free(protects->item[i].command);
		key_ranges_release(&protects->item[i].filter.keys);
	}
	free(protects->item);
	*protects = (struct protects){0};
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sort.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "lib/attach.h"

int sort_parse(const char *text, struct sort_keys *keys)
{
	struct sort_keys parsed = {0};
	const struct column *column;
	size_t length;
	bool descending;

	for (;; text += length + 1) {
		descending = *text == '-';
		text += descending;
		length = strcspn(text, ",");
		column = column_find(text, length);
		if (!column || parsed.count == SORT_MAX) {
			errno = EINVAL;
			return -1;
		}
		parsed.item[parsed.count].column = column;
		parsed.item[parsed.count++].descending = descending;
		if (!text[length])
			break;
	}
	*keys = parsed;
	return 0;
}

static int parse_sort(const char *text, void *field)
{
	return sort_parse(text, field);
}

const struct value value_sort = {
	.name = "COLUMNS",
	.expected = "names of columns, separated by commas, such as OWNER,-SIZE",
	.offers = OFFERS_COLUMNS,
	.parse = parse_sort,
};

/* By how many there are. */
static int compare_holders(const struct attachment *a, const struct attachment *b)
{
	const size_t x = a ? a->holders : 0, y = b ? b->holders : 0;

	return (x > y) - (x < y);
}

static int compare_cells(const struct column *column, struct cell *a, struct cell *b)
{
	if (a->absent || b->absent)
		return (int)b->absent - (int)a->absent;
	if (column_is_text(column))
		return strcmp(column_exact(column, a), column_exact(column, b));
	if (column->type == COLUMN_SIZE)
		return (a->bytes > b->bytes) - (a->bytes < b->bytes);
	return (a->number > b->number) - (a->number < b->number);
}

int sort_compare(const struct sort_keys *keys, const struct row *a, const struct row *b)
{
	struct cell cell_a, cell_b;
	int order = 0;

	for (unsigned int i = 0; i < keys->count && order == 0; i++) {
		const struct column *column = keys->item[i].column;

		if (column->type == COLUMN_HOLDERS) {
			order = compare_holders(a->attachment, b->attachment);
		} else {
			column_get(column, a, &cell_a);
			column_get(column, b, &cell_b);
			order = compare_cells(column, &cell_a, &cell_b);
		}
		if (keys->item[i].descending)
			order = -order;
	}
	return order;
}

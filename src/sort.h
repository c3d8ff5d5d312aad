/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The order of rows, by the values of columns and not by their text. */
#ifndef SHMTOOL_SORT_H
#define SHMTOOL_SORT_H

#include <stdbool.h>

#include "column.h"

enum { SORT_MAX = 8 };

/* The first that differs decides. */
struct sort_keys {
	struct {
		const struct column *column;
		bool descending;
	} item[SORT_MAX];
	unsigned int count;
};

/*
 * The value of an option --sort: columns separated by commas, largest first for one
 * with a '-' before it. Returns 0, or -1 with errno EINVAL.
 */
int sort_parse(const char *text, struct sort_keys *keys);

extern const struct value value_sort;
#define VALUE_SORT(settings, field) &value_sort, FIELD(struct sort_keys, settings, field)

/* Below, equal to or above 0, as for qsort(3). What is absent comes before all else. */
int sort_compare(const struct sort_keys *keys, const struct row *a, const struct row *b);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "selection.h"

int selection_check(const struct filter *filter)
{
	if (filter->private_only && filter->keyed_only)
		return usage_error("--private and --keyed exclude each other");
	if (filter->private_only && filter->keys.count)
		return usage_error("--private and keys exclude each other");
	if (filter->min_size > filter->max_size)
		return usage_error("--min-size is above --max-size");
	if (filter->newer_than >= 0 && filter->older_than >= filter->newer_than)
		return usage_error("--older-than is not below --newer-than");
	return 0;
}

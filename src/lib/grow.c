/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "grow.h"

#include <stdlib.h>

void *grow(void *array, size_t count, size_t size)
{
	if (count & (count - 1))
		return array;
	return reallocarray(array, count ? 2 * count : 1, size);
}

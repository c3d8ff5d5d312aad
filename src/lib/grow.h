/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arrays that grow by one at a time. */
#ifndef SHMTOOL_GROW_H
#define SHMTOOL_GROW_H

#include <stddef.h>

/*
 * Room for one more at the end of an array of count items of this size, each of which got its
 * room by this alone; NULL if there is none yet. How much there is follows from count, and
 * doubles. Returns the array, which may have moved; or NULL with errno ENOMEM, and then it is
 * as it was: see reallocarray(3).
 */
void *grow(void *array, size_t count, size_t size);

#endif

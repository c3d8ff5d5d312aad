/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "window.h"

#include <errno.h>

int window_fit(struct window *window, uint64_t size)
{
	if (window->offset > size ||
	    (window->length != WINDOW_REST && window->length > size - window->offset)) {
		errno = ERANGE;
		return -1;
	}
	if (window->length == WINDOW_REST)
		window->length = size - window->offset;
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The segments that are asked for, from the first look to the last row. */
#ifndef SHMTOOL_LISTING_H
#define SHMTOOL_LISTING_H

#include <stdbool.h>

#include "lib/select.h"
#include "sort.h"

struct output;

/* What is asked for. */
struct request {
	struct selectors segments; /* none: all */
	struct filter filter;
	struct sort_keys sort; /* none: as the kernel has them */
	bool count;	       /* how many, instead of which */
	bool total;	       /* also a sum */
};

/*
 * Write them to stdout, as output is set up but has not begun. Returns an exit status,
 * after a message if it is not EXIT_SUCCESS. Segments go out as they are read, unless
 * the order or the holders must be known first.
 */
int listing_run(const struct request *request, struct output *output);

#endif

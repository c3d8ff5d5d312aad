/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who runs the program, as what he is for segments. */
#ifndef SHMTOOL_CALLER_H
#define SHMTOOL_CALLER_H

#include <sys/types.h>

#include "lib/access.h"

/*
 * Learn it, with these privileges (privilege.h): those that are kept, or that were held
 * before. Returns his groups, which *caller refers to, to be freed; or NULL after a
 * message.
 */
gid_t *caller_learn(struct caller *caller, unsigned int held);

#endif

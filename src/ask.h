/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A question to whoever sits at the terminal. */
#ifndef SHMTOOL_ASK_H
#define SHMTOOL_ASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether there is anybody: stdin and stdout are a terminal. */
bool ask_is_possible(void);

/*
 * "Remove 3 segments (12M), 1 of them in use? [y/N] ": whether the answer is yes. Anything
 * else is no, and so is the end of the input.
 */
bool ask_to_remove(size_t segments, uint64_t bytes, size_t in_use);

#endif

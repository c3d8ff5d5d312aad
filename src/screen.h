/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All that there is to say of one segment, for a person, on one screen. */
#ifndef SHMTOOL_SCREEN_H
#define SHMTOOL_SCREEN_H

struct caller;
struct moment;
struct policy;
struct row;

/*
 * Print it on stdout; row->attachment is there. gc is the policy by which it is judged;
 * NULL: it is not known.
 */
void screen_show(const struct row *row, const struct moment *moment,
		 const struct caller *caller, const struct policy *gc);

#endif

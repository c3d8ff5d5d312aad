/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All that there is to say of one segment, for a person, on one screen. */
#ifndef SHMTOOL_SCREEN_H
#define SHMTOOL_SCREEN_H

struct caller;
struct moment;
struct policy;
struct row;

/* Print it on stdout; row->attachment is there. gc says by which policy it is judged. */
void screen_show(const struct row *row, const struct moment *moment,
		 const struct caller *caller, const struct policy *gc);

#endif

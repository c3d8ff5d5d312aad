/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows and columns for people, on libsmartcols. */
#ifndef SHMTOOL_TABLE_H
#define SHMTOOL_TABLE_H

#include <stdbool.h>

struct columns;
struct libscols_table;
struct row;

/*
 * A table of the chosen columns for stdout, fitted to the terminal if it is one.
 * NULL and errno ENOMEM. It is freed by scols_unref_table(), through table_free().
 */
struct libscols_table *table_new(const struct columns *columns);

/* Add a row, sizes in bytes if exact. Returns 0, or -1 with errno ENOMEM. */
int table_add(struct libscols_table *table, const struct columns *columns,
	      const struct row *row, bool exact);

/*
 * Print it. Returns 0, or -1 and errno. That libsmartcols returns 0 says nothing of
 * a full disk: stdout is checked at the end, for every verb alike.
 */
int table_print(struct libscols_table *table);

/* NULL is allowed. */
void table_free(struct libscols_table *table);

#endif

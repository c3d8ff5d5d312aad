/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows and columns for people, on libsmartcols. */
#ifndef SHMTOOL_TABLE_H
#define SHMTOOL_TABLE_H

#include <stdbool.h>
#include <stddef.h>

struct libscols_table;
struct output;
struct row;

/*
 * A table for stdout, fitted to the terminal if that is one, with the columns and in
 * the manner that the output asks for. NULL and errno ENOMEM.
 */
struct libscols_table *table_new(const struct output *output);

/* Add a row, and one below it for each holder. Returns 0, or -1 with errno ENOMEM. */
int table_add(struct libscols_table *table, const struct output *output,
	      const struct row *row);

/*
 * The same for other things than segments: names of columns, with a bit for each that
 * is set on the right; and rows of so many texts, which are copied.
 */
struct libscols_table *table_new_plain(const char *const names[], unsigned int count,
				       unsigned int right);
int table_add_plain(struct libscols_table *table, const char *const texts[],
		    unsigned int count);

/* Whether lines of so many columns fit, as they do wherever there is no terminal. */
bool table_has_room(const struct libscols_table *table, size_t width);

/*
 * Print it. Returns 0, or -1 and errno. That libsmartcols returns 0 says nothing of
 * a full disk: stdout is checked at the end, for every verb alike.
 */
int table_print(struct libscols_table *table);

/* NULL is allowed. */
void table_free(struct libscols_table *table);

#endif

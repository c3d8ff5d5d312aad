/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values as people read them. */
#ifndef SHMTOOL_FORMAT_H
#define SHMTOOL_FORMAT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define FORMAT_ROOM 32 /* enough for each text */

/* Decimal, as %PRIu64 and %PRId64, and "0x0001b207": lists are full of them. */
void format_unsigned(uint64_t value, char text[static FORMAT_ROOM]);
void format_signed(int64_t value, char text[static FORMAT_ROOM]);
void format_key(uint32_t key, char text[static FORMAT_ROOM]);

/* "100B", "64K", "1.5G": powers of 1024, rounded to one decimal. */
void format_size(uint64_t bytes, char text[static FORMAT_ROOM]);

/* "45s", "3m20s", "2h5m", "40d1h": the two largest units, cut. */
void format_duration(int64_t seconds, char text[static FORMAT_ROOM]);

/* "rw-r-----" */
void format_permissions(unsigned int mode, char text[static FORMAT_ROOM]);

/* Local time, "2026-11-21 07:08:10". */
void format_local_time(int64_t time, char text[static FORMAT_ROOM]);

/* RFC 3339 in UTC, "2026-11-21T07:08:10Z". */
void format_rfc3339(int64_t time, char text[static FORMAT_ROOM]);

/*
 * Print a text that comes from somebody else, with \xNN for every byte that is not
 * part of a printable character in this locale, or of one that misleads (utf8.h) in any:
 * no escape sequence reaches a terminal, and nothing is shown in another order.
 */
void format_put_safe(const char *text, FILE *file);

/* Whether that would print the text as it is, in any locale, and without any "\x". */
bool format_is_plain(const char *text);

/* The same as a string to free(3), where "\x" itself is "\x5cx"; or NULL and errno. */
char *format_make_safe(const char *text);

/* The same with what vfprintf(3) would print. */
void format_print_safe(FILE *file, const char *format, va_list arguments)
	__attribute__((format(printf, 2, 0)));

/*
 * Print words of our own, the first in column at; what does not fit into a terminal of 80
 * goes on in lines of its own, from column indent on.
 */
void format_put_wrapped(const char *words, size_t at, size_t indent, FILE *file);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* UTF-8 without regard to the locale, for formats that programs read. */
#ifndef SHMTOOL_UTF8_H
#define SHMTOOL_UTF8_H

#include <stdbool.h>

/*
 * The length of the UTF-8 sequence at p, which ends with a zero byte at the latest; 0
 * if it is none: too short, overlong, a surrogate or beyond U+10FFFF (RFC 3629, 4).
 */
unsigned int utf8_length(const unsigned char *p);

/* Whether the sequence at p is a control: C0, DEL or C1, which some terminals obey. */
bool utf8_is_control(const unsigned char *p);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* UTF-8 without regard to the locale, for formats that programs read. */
#ifndef SHMTOOL_UTF8_H
#define SHMTOOL_UTF8_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The length of the UTF-8 sequence at p, which ends with a zero byte at the latest; 0
 * if it is none: too short, overlong, a surrogate or beyond U+10FFFF (RFC 3629, 4).
 */
unsigned int utf8_length(const unsigned char *p);

/* The character that such a sequence, of this length, stands for. */
uint32_t utf8_decode(const unsigned char *p, unsigned int length);

/*
 * Whether a terminal or who reads it is misled by this character: a control, C0, DEL or C1,
 * which some terminals obey; or one that is not seen itself, but may show others in another
 * order (bidirectional controls), as another text, or on another line.
 */
bool utf8_misleads(uint32_t character);

#endif

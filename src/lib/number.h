/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Strict numbers. The whole text must parse and be in range: no leading space, no
 * sign, nothing after the end, never a truncated value. (strtoul(3) allows the
 * first two, which is how other tools come to remove segment 0 for 4294967296.)
 *
 * All return 0, or -1 with errno EINVAL (not such a number) or ERANGE (too large),
 * and leave *value alone on failure.
 */
#ifndef SHMTOOL_NUMBER_H
#define SHMTOOL_NUMBER_H

#include <stdint.h>

/* Digits of base 8, 10 or 16 from *text on; *text moves to the first other character. */
int number_digits(const char **text, unsigned int base, uint64_t *value);

/* A whole decimal text from 0 to max. "007" is refused: it may be meant as octal. */
int number_decimal(const char *text, uint64_t max, uint64_t *value);

/* A segment id as shmget(2) returns it: decimal, 0 to INT_MAX. */
int number_id(const char *text, int *value);

/*
 * A key for shmget(2): hex after 0x, octal after 0, else decimal; 1 to 0xffffffff.
 * Key 0 is IPC_PRIVATE, the absence of a key: EINVAL.
 */
int number_key(const char *text, uint32_t *value);

/* As number_key(), in the one form that cannot be taken for an id: 0x and hex digits. */
int number_hex_key(const char *text, uint32_t *value);

/*
 * A byte: 0 to 255, decimal or hex after 0x; or any other printable character of ASCII. A
 * digit alone is the number.
 */
int number_byte(const char *text, uint8_t *value);

/* The second argument of ftok(3): such a byte. 0 is EINVAL: ftok(3) leaves it undefined. */
int number_proj(const char *text, uint8_t *value);

/*
 * Bytes: a decimal number, then nothing, K M G T P E or KiB MiB ... (powers of
 * 1024), or KB MB ... (powers of 1000), in either case of letters. UINT64_MAX is too large:
 * it is no size of anything, and what stands for one that is unknown or not given.
 */
int number_size(const char *text, uint64_t *value);

/* Seconds: a decimal number, then nothing or s, m, h, d (24 h) or w (7 d). */
int number_duration(const char *text, int64_t *value);

/*
 * A time, in seconds since the Epoch: so many, in decimal; by RFC 3339, with Z or an
 * offset such as +01:00; or "YYYY-MM-DD HH:MM:SS", local time.
 */
int number_time(const char *text, int64_t *value);

/*
 * Permission bits, at most 0777: octal digits, or as in u=rw,g=r (classes u g o a,
 * permissions r w x; a class that is not named gets none). Bits above are refused:
 * the mode argument of shmget(2) shares its word with flags such as SHM_HUGETLB.
 */
int number_mode(const char *text, unsigned int *value);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is fed with bytes that anybody could have made. Each target checks what it is told
 * against what must be true of it; FUZZ_CHECK() ends the process if it is not.
 *
 * How to add one: a file fuzz-NAME.c with fuzz_NAME(), its name in FUZZ_TARGETS, files for
 * it to begin with in corpus/NAME.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define FUZZ_TARGETS(EACH) \
	EACH(procfs)       \
	EACH(maps)         \
	EACH(stat)         \
	EACH(number)       \
	EACH(selection)    \
	EACH(config)       \
	EACH(record)       \
	EACH(escape)

#define FUZZ_DECLARE(name) void fuzz_##name(const uint8_t *data, size_t size);
FUZZ_TARGETS(FUZZ_DECLARE)

#define FUZZ_CHECK(condition)                                                      \
	do {                                                                       \
		if (!(condition)) {                                                \
			dprintf(2, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
			abort();                                                   \
		}                                                                  \
	} while (0)

/* A copy as a string, which ends at its first zero byte, to be freed. */
char *fuzz_string(const uint8_t *data, size_t size);

/* A descriptor of a file in memory that has these bytes, always the same; at its beginning. */
int fuzz_file(const uint8_t *data, size_t size);

/* From now on messages go nowhere; but those of FUZZ_CHECK(), and of sanitizers, do. */
void fuzz_silence(void);

#endif

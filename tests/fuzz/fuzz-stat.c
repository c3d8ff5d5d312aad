/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /proc/PID/stat, whose second field is what the process likes to be called. */
#include "fuzz.h"

#include <errno.h>
#include <string.h>

#include "lib/process.h"

/* The word with this number after the last bracket, from 0 on; or NULL. */
static char *word(char *text, unsigned int number)
{
	char *p = strrchr(text, ')');

	for (unsigned int i = 0; p && i <= number; i++) {
		p = strchr(p, ' ');
		p = p ? p + 1 : NULL;
	}
	return p;
}

void fuzz_stat(const uint8_t *data, size_t size)
{
	enum { STATE = 0, THREADS = 17, START = 19 };
	char *text = fuzz_string(data, size), *left = strchr(text, '('), *end;
	struct process_stat stat, before;

	memset(&stat, 0xa5, sizeof(stat));
	before = stat;
	if (process_parse_stat(text, &stat)) {
		FUZZ_CHECK(errno == EBADMSG);
		FUZZ_CHECK(memcmp(&stat, &before, sizeof(stat)) == 0);
	} else {
		FUZZ_CHECK(strlen(stat.command) < sizeof(stat.command));
		FUZZ_CHECK(strlen(stat.command) ==
			   (size_t)(strrchr(text, ')') - left - 1));
		FUZZ_CHECK(strncmp(stat.command, left + 1, strlen(stat.command)) == 0);
		FUZZ_CHECK(stat.state == *word(text, STATE));
		FUZZ_CHECK(stat.threads == strtoull(word(text, THREADS), &end, 10));
		FUZZ_CHECK(stat.start_ticks == strtoull(word(text, START), &end, 10));
	}
	free(text);
}

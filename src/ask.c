/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ask.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "format.h"

bool ask_is_possible(void)
{
	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

bool ask_to_remove(size_t segments, uint64_t bytes, size_t in_use)
{
	char size[FORMAT_ROOM], *answer = NULL;
	size_t room = 0;
	bool yes;

	format_size(bytes, size);
	printf("Remove %zu segment%s (%s)", segments, segments == 1 ? "" : "s", size);
	if (in_use && segments == 1)
		fputs(", in use", stdout);
	else if (in_use)
		printf(", %zu of them in use", in_use);
	fputs("? [y/N] ", stdout);
	fflush(stdout);
	if (getline(&answer, &room, stdin) > 0) {
		answer[strcspn(answer, "\n")] = '\0';
		yes = strcasecmp(answer, "y") == 0 || strcasecmp(answer, "yes") == 0;
	} else {
		putchar('\n');
		yes = false;
	}
	free(answer);
	return yes;
}

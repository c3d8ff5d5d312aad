/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "place.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"

char *place_text(const struct place *place)
{
	char *text;

	if (!place->line)
		return strdup(place->file);
	return asprintf(&text, "%s:%u", place->file, place->line) < 0 ? NULL : text;
}

int place_error(const struct place *place, const char *format, ...)
{
	va_list arguments;

	fprintf(stderr, "%s: ", program_invocation_short_name);
	format_put_safe(place->file, stderr);
	if (place->line)
		fprintf(stderr, ":%u", place->line);
	fputs(": ", stderr);
	va_start(arguments, format);
	format_print_safe(stderr, format, arguments);
	va_end(arguments);
	putc('\n', stderr);
	return -1;
}

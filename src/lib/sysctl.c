/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sysctl.h"

#include <errno.h>
#include <stdio.h>

#include "number.h"

int sysctl_read(const char *path, uint64_t *value)
{
	FILE *file = fopen(path, "re");
	char line[64];
	const char *p = line;
	int error = 0;

	if (!file)
		return -1;
	if (!fgets(line, sizeof(line), file))
		error = ferror(file) ? errno : EBADMSG;
	else if (number_digits(&p, 10, value) || *p != '\n')
		error = EBADMSG;
	fclose(file);
	errno = error;
	return error ? -1 : 0;
}

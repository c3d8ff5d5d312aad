/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "origin.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static int read_boot(char boot[static ORIGIN_BOOT_ROOM])
{
	FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");
	int error = 0;

	if (!file)
		return -1;
	if (!fgets(boot, ORIGIN_BOOT_ROOM, file))
		error = ferror(file) ? errno : EBADMSG;
	else if (strspn(boot, "0123456789abcdef-") != ORIGIN_BOOT_ROOM - 1)
		error = EBADMSG;
	fclose(file);
	errno = error;
	return error ? -1 : 0;
}

int origin_read(struct origin *origin)
{
	struct stat ipc, pid;

	*origin = (struct origin){0};
	if (read_boot(origin->boot) || stat("/proc/self/ns/ipc", &ipc) ||
	    stat("/proc/self/ns/pid", &pid))
		return -1;
	origin->ipc_namespace = ipc.st_ino;
	origin->pid_namespace = pid.st_ino;
	return 0;
}

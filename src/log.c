/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "log.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <syslog.h>
#include <unistd.h>

#include "lib/verdict.h"

#include "format.h"
#include "names.h"

static void put_user(const char *label, uid_t uid, struct names *names, FILE *file)
{
	fprintf(file, " %s=", label);
	format_put_safe(names_user(names, uid), file);
	fprintf(file, "(%u)", uid);
}

/* As which user he has logged in who is behind this process, through any su or sudo. */
static void put_login(struct names *names, FILE *file)
{
	const unsigned int nobody = (unsigned int)-1;
	FILE *login = fopen("/proc/self/loginuid", "re");
	unsigned int uid;

	if (!login)
		return;
	if (fscanf(login, "%u", &uid) == 1 && uid != nobody)
		put_user("login", uid, names, file);
	fclose(login);
}

void log_begin(struct log *log, struct names *names)
{
	size_t length;
	FILE *file;

	*log = (struct log){.names = names};
	openlog("shmtool", LOG_PID | LOG_NDELAY, LOG_DAEMON);
	file = open_memstream(&log->who, &length);
	if (!file)
		return;
	put_user("by", getuid(), names, file);
	put_login(names, file);
	fclose(file);
}

void log_end(struct log *log)
{
	free(log->who);
	closelog();
}

void log_removal(const struct log *log, const char *done, const struct finding *finding,
		 const char *why)
{
	const struct segment *segment = &finding->segment;
	char *text = NULL;
	size_t length;
	FILE *file = open_memstream(&text, &length);

	if (!file)
		return;
	fprintf(file, "%s segment %d: key=0x%08" PRIx32 " size=%" PRIu64, done,
		segment->id, segment->key, segment->size);
	put_user("owner", segment->uid, log->names, file);
	put_user("creator", segment->cuid, log->names, file);
	fprintf(file, " cpid=%d lpid=%d%s with=%s: ", segment->cpid, segment->lpid,
		log->who ? log->who : "", program_invocation_short_name);
	format_put_safe(why, file);
	if (fclose(file) == 0)
		syslog(LOG_NOTICE, "%s", text);
	free(text);
}

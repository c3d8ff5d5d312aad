/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "holders.h"

#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "lib/attach.h"
#include "lib/survey.h"

#include "format.h"

struct attachment *holders_list(const struct findings *findings)
{
	struct attachment *list = calloc(findings->count + 1, sizeof(list[0]));

	if (!list)
		warn(NULL);
	for (size_t i = 0; list && i < findings->count; i++) {
		list[i].id = findings->item[i].segment.id;
		list[i].nattch = findings->item[i].segment.nattch;
		list[i].segment = &findings->item[i].segment;
	}
	return list;
}

int holders_find(struct attach_search *search, struct attachment *list, size_t count)
{
	if (attach_find(search, list, count) == 0 || errno == ENOENT)
		return EXIT_SUCCESS;
	warn("cannot find all holders");
	return EXIT_FAILURE;
}

static const struct holder *find(const struct attachment *attachment, pid_t pid)
{
	for (size_t i = 0; attachment && i < attachment->holders; i++)
		if (attachment->holder[i].pid == pid)
			return &attachment->holder[i];
	return NULL;
}

bool holders_include(const struct attachment *attachment, pid_t pid)
{
	return find(attachment, pid);
}

bool holders_include_verified(const struct attachment *attachment, pid_t pid)
{
	const struct holder *holder = find(attachment, pid);

	return holder && holder->verified;
}

void holders_put(const struct attachment *attachment, FILE *file)
{
	const uint64_t unseen = attachment_unseen(attachment);
	const char *gap = "";

	for (size_t i = 0; i < attachment->holders; i++, gap = ", ") {
		const struct holder *holder = &attachment->holder[i];

		if (holder->pid)
			fprintf(file, "%sPID %d (", gap, holder->pid);
		else
			fprintf(file, "%sPID unknown (", gap);
		format_put_safe(holder->command, file);
		fputs(holder->verified ? ")" : ") unverified", file);
	}
	if (unseen)
		fprintf(file, "%s%" PRIu64 " not visible", gap, unseen);
}

void holders_put_rest(const struct attachment *attachment, FILE *file)
{
	fprintf(file, "%" PRIu64 " attach%s", attachment->nattch,
		attachment->nattch == 1 ? " remains: " : "es remain: ");
	holders_put(attachment, file);
	fputc('\n', file);
}

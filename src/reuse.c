/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reuse.h"

#include <err.h>
#include <errno.h>
#include <inttypes.h>

#include "lib/fit.h"
#include "lib/segment.h"
#include "lib/sysv.h"

#include "format.h"
#include "names.h"

/* "owner bob, not alice" */
static void put_unlike(const char *what, const char *is, const char *wanted, FILE *file)
{
	fprintf(file, "%s ", what);
	format_put_safe(is, file);
	fputs(", not ", file);
	format_put_safe(wanted, file);
}

void reuse_put_misfit(const struct need *need, const struct segment *segment, FILE *file)
{
	struct names names = {0};

	switch (fit(need, segment)) {
	case FIT:
		break;
	case FIT_NOT_SIZE:
		fprintf(file, "%" PRIu64 " bytes, not %" PRIu64, segment->size,
			need->size);
		break;
	case FIT_NOT_OWNER:
		put_unlike("owner", names_user(&names, segment->uid),
			   names_user(&names, need->owner), file);
		break;
	case FIT_NOT_GROUP:
		put_unlike("group", names_group(&names, segment->gid),
			   names_group(&names, need->group.id), file);
		break;
	case FIT_NOT_CREATOR:
		fputs("creator ", file);
		format_put_safe(names_user(&names, segment->cuid), file);
		fputs(", who keeps all rights to it, and is neither its owner nor root",
		      file);
		break;
	}
	names_release(&names);
}

int reuse_find(uint32_t key, const struct need *need, struct segment *segment)
{
	const int id = sysv_find(key);

	if (id < 0 || sysv_stat(id, segment)) {
		if (errno == ENOENT)
			return 0;
		warn("key 0x%08" PRIx32, key);
		return -1;
	}
	/* It has been removed or marked since it was found. */
	if (segment->key != key)
		return 0;
	if (fit(need, segment) == FIT)
		return 1;
	fprintf(stderr, "%s: key 0x%08" PRIx32 ": segment %d has this key, but ",
		program_invocation_short_name, key, id);
	reuse_put_misfit(need, segment, stderr);
	fputc('\n', stderr);
	return -1;
}

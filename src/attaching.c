/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "attaching.h"

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/content.h"
#include "lib/fence.h"
#include "lib/survey.h"

#include "caller.h"
#include "format.h"
#include "names.h"
#include "privilege.h"

/* "segment 7: Permission denied: mode 0400, owner bob". */
static void complain_of_access(const struct segment *segment, bool writable)
{
	struct names names = {0};

	fprintf(stderr, "%s: segment %d: %s: mode %04o, owner ",
		program_invocation_short_name, segment->id, strerror(EACCES),
		segment->mode);
	format_put_safe(names_user(&names, segment->uid), stderr);
	fputs(writable ? "; writing needs read and write permission\n" : "\n", stderr);
	names_release(&names);
}

static int complain(const struct segment *segment, bool writable, int error)
{
	switch (error) {
	case EACCES:
		complain_of_access(segment, writable);
		break;
	case ENOENT:
		warnx("segment %d: somebody else has just removed it", segment->id);
		break;
	case ESTALE:
		warnx("segment %d: left as it is: another segment has this id now: look again",
		      segment->id);
		break;
	default:
		errno = error;
		warn("segment %d: cannot attach it", segment->id);
	}
	return -1;
}

/* Say that the last user, who may be using it still, is about to be forgotten. */
static void complain_of_user(const struct finding *finding, bool writable)
{
	fprintf(stderr,
		"%s: segment %d: %s it makes this process its last user: gc will no longer know that ",
		program_invocation_short_name, finding->segment.id,
		writable ? "writing" : "reading");
	if (finding->verdict.last == FATE_UNSEEN) {
		fputs("a process in another PID namespace uses it\n", stderr);
		return;
	}
	fprintf(stderr, "PID %d", (int)finding->last.pid);
	if (finding->last.command[0]) {
		fputs(" (", stderr);
		format_put_safe(finding->last.command, stderr);
		fputc(')', stderr);
	}
	fputs(" uses it\n", stderr);
}

/*
 * All that keeps gc from taking a segment that nobody has attached may be its last user, who
 * has only inherited the id. The kernel keeps one last user, the latest to attach it.
 */
static void warn_of_user(const struct segment *segment, bool writable)
{
	struct finding finding = {.segment = *segment};
	struct survey survey;

	if (segment->nattch || segment->lpid == getpid() ||
	    (segment->lpid && segment->lpid == segment->cpid))
		return;
	survey_begin(&survey);
	survey_judge(&survey, &finding);
	/* Who cannot be seen may be the creator, whom nobody forgets. */
	if (finding.verdict.last == FATE_RUNNING ||
	    finding.verdict.last == FATE_POSSIBLE ||
	    (finding.verdict.last == FATE_UNSEEN && segment->cpid))
		complain_of_user(&finding, writable);
	survey_close(&survey);
}

/* As attaching_open(), without a warning. */
static int open_it(struct content *content, const struct segment *segment, bool writable,
		   int *patience)
{
	/* Behind the fence of a removal everything has mode 0. */
	const int fence = fence_lock(patience);
	const int got = content_open(content, segment, writable), error = errno;

	if (fence >= 0)
		close(fence);
	return got ? complain(segment, writable, error) : 0;
}

int attaching_open(struct content *content, const struct segment *segment, bool writable,
		   int *patience)
{
	warn_of_user(segment, writable);
	return open_it(content, segment, writable, patience);
}

int attaching_check(const struct segment *segment, bool try)
{
	struct content content;
	struct caller caller;
	gid_t *groups = caller_learn(&caller, privilege_held());
	int patience = FENCE_PATIENCE;
	bool may;

	if (!groups)
		return -1;
	may = access_write(segment, &caller);
	free(groups);
	if (may)
		return 0;
	if (!try)
		return complain(segment, true, EACCES);
	if (open_it(&content, segment, true, &patience))
		return -1;
	content_close(&content);
	return 0;
}

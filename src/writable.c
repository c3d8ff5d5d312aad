/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "writable.h"

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/content.h"
#include "lib/fence.h"

#include "caller.h"
#include "format.h"
#include "names.h"
#include "privilege.h"

static int complain(const struct segment *segment, struct names *names, int error)
{
	switch (error) {
	case EACCES:
		fprintf(stderr, "%s: segment %d: %s: mode %04o, owner ",
			program_invocation_short_name, segment->id, strerror(error),
			segment->mode);
		format_put_safe(names_user(names, segment->uid), stderr);
		fputs("; writing needs read and write permission\n", stderr);
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
	return EXIT_FAILURE;
}

int writable_open(struct content *content, const struct segment *segment,
		  struct names *names)
{
	/* Behind the fence of a removal everything has mode 0. */
	const int fence = fence_lock();
	const int got = content_open(content, segment, true), error = errno;

	if (fence >= 0)
		close(fence);
	return got ? complain(segment, names, error) : 0;
}

int writable_check(const struct segment *segment, struct names *names, bool try)
{
	struct content content;
	struct caller caller;
	gid_t *groups = caller_learn(&caller, privilege_held());
	bool may;

	if (!groups)
		return EXIT_FAILURE;
	may = access_write(segment, &caller);
	free(groups);
	if (may)
		return 0;
	if (!try)
		return complain(segment, names, EACCES);
	if (writable_open(&content, segment, names))
		return EXIT_FAILURE;
	content_close(&content);
	return 0;
}

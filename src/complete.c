/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "complete.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "lib/content.h"
#include "lib/populate.h"
#include "lib/segment.h"

#include "changes.h"
#include "filling.h"
#include "names.h"
#include "privilege.h"

/* How much is populated between two looks at whether anybody waits for it. */
enum { PORTION = 64 << 20 };

/* If memory ends the kernel kills somebody: let it be who takes it all, and no other. */
static void offer_to_be_killed(void)
{
	const int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	dprintf(fd, "1000");
	close(fd);
}

static void explain_populate(const struct wanted *wanted, int id)
{
	if (errno == EFAULT && wanted->request.huge)
		warnx("segment %d: not populated: there are not enough huge pages (see the sysctl vm.nr_hugepages), and --noreserve has reserved none",
		      id);
	else
		warn("segment %d: not populated", id);
}

static int populate_all(const struct wanted *wanted, const struct content *content,
			pid_t parent)
{
	const uint64_t size = content->segment.size;

	for (uint64_t offset = 0, length; offset < size; offset += length) {
		length = size - offset < PORTION ? size - offset : PORTION;
		if (getppid() != parent)
			return -1;
		if (populate(content->at + offset, length)) {
			explain_populate(wanted, content->segment.id);
			return -1;
		}
	}
	return 0;
}

static int fill_all(struct filling *filling, const struct content *content)
{
	struct window window = {.length = filling->input.length};

	return filling_write(filling, content, &window) ? -1 : 0;
}

/* Whether there is anything to do for which it must be attached. */
static bool needs_content(const struct wanted *wanted)
{
	return wanted->populate || wanted->filling;
}

static int do_content(const struct wanted *wanted, const struct segment *made,
		      pid_t parent)
{
	struct content content;
	int result = 0;

	if (content_open(&content, made, true)) {
		warn("segment %d: cannot be attached", made->id);
		return -1;
	}
	offer_to_be_killed();
	if (wanted->filling)
		result = fill_all(wanted->filling, &content);
	/* Afterwards, for where the input has holes there is no memory yet. */
	if (result == 0 && wanted->populate)
		result = populate_all(wanted, &content, parent);
	content_close(&content);
	return result;
}

static int do_change(const struct wish *wish, const struct segment *made)
{
	struct changing changing = {.seen = *made};
	struct names names = {0};

	if (!wish_is_set(wish))
		return 0;
	change(&changing, wish, privilege_maps_all_users());
	changes_complain(&changing, true, &names);
	names_release(&names);
	return changing.outcome == CHANGED_DONE || changing.outcome == CHANGED_NOTHING
		       ? 0
		       : -1;
}

struct sysv_request complete_request(const struct wanted *wanted)
{
	struct sysv_request request = wanted->request;

	if (needs_content(wanted))
		request.mode = 0600;
	return request;
}

/*
 * It is locked first, as that may be refused before anything takes time; and others may
 * use it only when its content is there.
 */
int complete(const struct wanted *wanted, const struct segment *made, pid_t parent)
{
	const struct wish lock = {.mode = WISH_ANY_MODE, .lock = wanted->wish.lock};
	struct wish rest = wanted->wish;

	rest.lock = false;
	rest.mode = made->mode == wanted->request.mode ? WISH_ANY_MODE
						       : wanted->request.mode;
	if (do_change(&lock, made))
		return -1;
	if (needs_content(wanted) && do_content(wanted, made, parent))
		return -1;
	return do_change(&rest, made);
}

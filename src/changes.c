/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "changes.h"

#include <err.h>
#include <errno.h>
#include <string.h>
#include <sys/resource.h>

#include "lib/aimed.h"
#include "lib/change.h"

#include "format.h"
#include "names.h"

/* A member of a list with commas, if it has changed: "owner alice -> bob". */
static void put_change(FILE *file, bool *some, const char *what, const char *before,
		       const char *after)
{
	fprintf(file, "%s%s ", *some ? ", " : "", what);
	format_put_safe(before, file);
	fputs(" -> ", file);
	format_put_safe(after, file);
	*some = true;
}

void changes_put(const struct segment *before, const struct segment *after,
		 struct names *names, FILE *file)
{
	char was[FORMAT_ROOM], is[FORMAT_ROOM];
	bool some = false;

	if (before->mode != after->mode) {
		snprintf(was, sizeof(was), "%04o", before->mode);
		snprintf(is, sizeof(is), "%04o", after->mode);
		put_change(file, &some, "mode", was, is);
	}
	if (before->uid != after->uid)
		put_change(file, &some, "owner", names_user(names, before->uid),
			   names_user(names, after->uid));
	if (before->gid != after->gid)
		put_change(file, &some, "group", names_group(names, before->gid),
			   names_group(names, after->gid));
	if (before->locked != after->locked)
		put_change(file, &some, "locked", before->locked ? "yes" : "no",
			   after->locked ? "yes" : "no");
	fputc('\n', file);
}

static void put_memlock(char text[static FORMAT_ROOM])
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_MEMLOCK, &limit))
		strcpy(text, "unknown");
	else if (limit.rlim_cur == RLIM_INFINITY)
		strcpy(text, "unlimited");
	else
		format_size(limit.rlim_cur, text);
}

static void explain_lock(const struct changing *changing, bool may_lock)
{
	const int id = changing->seen.id;
	const char *deed = changing->wanted.locked ? "lock" : "unlock";
	char limit[FORMAT_ROOM], size[FORMAT_ROOM];

	put_memlock(limit);
	if (changing->error == EPERM && !may_lock) {
		warnx("segment %d: only its owner, its creator or root (CAP_IPC_LOCK) may %s it",
		      id, deed);
	} else if (changing->error == EPERM && changing->wanted.locked) {
		warnx("segment %d: not locked: RLIMIT_MEMLOCK is %s (see 'ulimit -l'), and CAP_IPC_LOCK is missing",
		      id, limit);
	} else if (changing->error == ENOMEM) {
		format_size(changing->before.size, size);
		warnx("segment %d: not locked: of %s, and RLIMIT_MEMLOCK is %s (see 'ulimit -l')",
		      id, size, limit);
		fputs("  the limit is for all that the user has locked; only CAP_IPC_LOCK outside of any user namespace goes beyond it\n",
		      stderr);
	} else {
		errno = changing->error;
		warn("segment %d: cannot %s it", id, deed);
	}
}

static void explain_set(const struct changing *changing)
{
	const int id = changing->seen.id;

	if (changing->error == EPERM) {
		warnx("segment %d: only its owner, its creator or root (CAP_SYS_ADMIN) may change or give it away",
		      id);
	} else if (changing->error == EINVAL) {
		warnx("segment %d: the new owner or group has no number in this user namespace",
		      id);
	} else {
		errno = changing->error;
		warn("segment %d: cannot change it", id);
	}
}

/* It has been changed, and is not as it should be. */
static void explain_again(const struct changing *changing, struct names *names)
{
	const struct segment *now = &changing->now, *wanted = &changing->wanted;
	struct segment expected = *wanted;

	expected.locked = now->locked;
	if (wanted->locked && !now->locked && change_is_none(&expected, now)) {
		warnx("segment %d: the kernel did not lock it: of huge pages, which are never swapped, or unlocked by somebody else just now",
		      now->id);
		return;
	}
	fprintf(stderr, "%s: segment %d: somebody else has just changed it again: ",
		program_invocation_short_name, now->id);
	changes_put(wanted, now, names, stderr);
}

void changes_report_stray(const struct segment *stray, struct names *names)
{
	const bool returned = aimed_is_returned(stray);

	fprintf(stderr, "%s: segment %d: another segment got this id at that instant: ",
		program_invocation_short_name, stray->id);
	if (returned)
		fputs("it was set in its place, and given back to its creator ", stderr);
	else
		fputs("it was set in its place, and has to be given back to its creator ",
		      stderr);
	format_put_safe(names_user(names, stray->cuid), stderr);
	if (returned)
		fputs(" with mode 0600; its owner and mode before are not known\n",
		      stderr);
	else
		fprintf(stderr, " by hand: owner %u, mode %04o now\n", stray->uid,
			stray->mode);
}

/* What was done all the same, before the rest was not. */
static void add_partial(const struct changing *changing)
{
	if (changing->relocked)
		fprintf(stderr, "  before that it was %s\n",
			changing->wanted.locked ? "locked" : "unlocked");
}

void changes_complain(const struct changing *changing, bool may_lock, struct names *names)
{
	const int id = changing->seen.id;

	switch (changing->outcome) {
	case CHANGED_DONE:
	case CHANGED_NOTHING:
		break;
	case CHANGED_ABSENT:
		warnx("segment %d: somebody else has just removed it", id);
		break;
	case CHANGED_OTHER:
		warnx("segment %d: left as it is, for it has just been changed: look again",
		      id);
		break;
	case CHANGED_UNMAPPED:
		warnx("segment %d: left as it is: its owner or group has no number in this user namespace, and a change would give it away",
		      id);
		break;
	case CHANGED_STRAY:
		changes_report_stray(&changing->now, names);
		break;
	case CHANGED_AGAIN:
		explain_again(changing, names);
		break;
	case CHANGED_NOT_LOCKED:
		explain_lock(changing, may_lock);
		break;
	case CHANGED_NOT_SET:
		explain_set(changing);
		break;
	case CHANGED_NOT_LOOKED:
		errno = changing->error;
		warn("segment %d", id);
		break;
	}
	if (changing->outcome == CHANGED_OTHER || changing->outcome == CHANGED_STRAY ||
	    changing->outcome == CHANGED_NOT_SET)
		add_partial(changing);
}

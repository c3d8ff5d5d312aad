/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "screen.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "lib/access.h"
#include "lib/attach.h"
#include "lib/moment.h"

#include "column.h"
#include "format.h"
#include "names.h"
#include "report.h"

static void label(const char *name)
{
	printf("  %-10s ", name);
}

static void put_size(uint64_t bytes)
{
	char text[FORMAT_ROOM];

	if (bytes == SEGMENT_UNKNOWN) {
		fputs("unknown", stdout);
		return;
	}
	format_size(bytes, text);
	fputs(text, stdout);
}

static void show_size(const struct segment *segment, const struct attachment *attachment)
{
	const uint64_t page = attachment->page_size ? attachment->page_size
						    : segment->huge;

	label("size");
	put_size(segment->size);
	printf(" (%" PRIu64 " bytes), in memory ", segment->size);
	put_size(segment->rss);
	fputs(", swapped ", stdout);
	put_size(segment->swap);
	if (page > (uint64_t)sysconf(_SC_PAGESIZE)) {
		fputs(", pages of ", stdout);
		put_size(page);
	}
	puts(segment->locked ? ", locked" : "");
}

static void show_ids(const char *name, struct names *names, uid_t uid, gid_t gid)
{
	label(name);
	format_put_safe(names_user(names, uid), stdout);
	printf(" (%u), group ", uid);
	format_put_safe(names_group(names, gid), stdout);
	printf(" (%u)\n", gid);
}

static void show_mode(const struct segment *segment, const struct caller *caller)
{
	static const char *const words[][2] = {
		{"neither attach nor remove it", "remove it, but not attach it"},
		{"read it, but not write or remove it",
		 "read and remove it, but not write it"},
		{"read and write it, but not remove it", "read, write and remove it"},
	};
	const int access = access_read(segment, caller) + access_write(segment, caller);
	char text[FORMAT_ROOM];

	format_permissions(segment->mode, text);
	label("mode");
	printf("%04o %s, you may %s\n", segment->mode, text,
	       words[access][access_remove(segment, caller)]);
}

/* "PID 812 (perl), running, started 2026-11-21 07:08:10" */
static void show_process(const char *name, const struct process *process, enum fate fate)
{
	static const char *const words[] = {
		[FATE_RUNNING] = "running",
		[FATE_POSSIBLE] = "running, or a younger process with that PID",
		[FATE_GONE] = "gone",
		[FATE_REPLACED] = "gone, and a younger process has that PID now",
	};
	char since[FORMAT_ROOM];

	label(name);
	if (fate == FATE_NOBODY) {
		puts("nobody yet");
		return;
	}
	if (fate == FATE_UNSEEN) {
		puts("not visible from here (another PID namespace)");
		return;
	}
	printf("PID %d", process->pid);
	if (fate == FATE_RUNNING && process->command[0]) {
		fputs(" (", stdout);
		format_put_safe(process->command, stdout);
		putchar(')');
	}
	printf(", %s", words[fate]);
	if (process->exists && process->started != PROCESS_STARTED_UNKNOWN) {
		format_local_time(process->started, since);
		printf(", started %s", since);
	}
	putchar('\n');
}

static void show_time(const char *name, int64_t time, const struct moment *moment)
{
	char text[FORMAT_ROOM];

	label(name);
	if (time == 0) {
		puts("never");
		return;
	}
	format_local_time(time, text);
	fputs(text, stdout);
	if (time <= moment->now) {
		format_duration(moment->now - time, text);
		printf(", %s ago", text);
	}
	putchar('\n');
}

static void show_state(const struct finding *finding)
{
	char text[VERDICT_ROOM];

	label("state");
	printf("%s: ", verdict_state_name(finding->verdict.state));
	verdict_explain(finding, text, sizeof(text));
	format_put_safe(text, stdout);
	putchar('\n');
}

static void show_ruling(const struct finding *finding, const struct policy *gc)
{
	const enum rule rule = gc ? policy_apply(gc, finding) : RULE_ATTACHED;
	char text[VERDICT_ROOM];

	label("gc");
	if (!gc) {
		puts("does nothing before its policy files are right");
	} else if (rule == RULE_GARBAGE) {
		puts("would remove it");
	} else if (finding->verdict.state != STATE_ORPHAN) {
		puts("would keep it: it is no orphan");
	} else {
		report_ruling(gc, finding, rule, text);
		fputs("would keep it: ", stdout);
		format_put_safe(text, stdout);
		putchar('\n');
	}
}

static size_t count_verified(const struct attachment *attachment)
{
	size_t count = 0;

	for (size_t i = 0; i < attachment->holders; i++)
		count += attachment->holder[i].verified;
	return count;
}

/* "4: 1 process, 4 mappings", or how many of them nobody visible has. */
static void show_attaches(const struct attachment *attachment)
{
	const uint64_t nattch = attachment->nattch, seen = attachment->seen;
	const uint64_t unseen = attachment_unseen(attachment);
	const size_t holders = count_verified(attachment);

	label("attaches");
	printf("%" PRIu64, nattch);
	if (seen)
		printf(": %zu process%s, %" PRIu64 " mapping%s", holders,
		       holders == 1 ? "" : "es", seen, seen == 1 ? "" : "s");
	if (unseen)
		printf("%s %" PRIu64 " of %" PRIu64 " not visible%s", seen ? "," : ":",
		       unseen, nattch, geteuid() ? ": run as root" : "");
	putchar('\n');
}

/* "PID 812 (perl) of alice: 3 mappings, read and write, started 2026-11-21 07:08:10" */
static void show_holder(const struct holder *holder, struct names *names)
{
	char since[FORMAT_ROOM];

	label("");
	if (holder->pid)
		printf("PID %d (", holder->pid);
	else
		fputs("PID unknown (", stdout);
	format_put_safe(holder->command, stdout);
	fputs(") of ", stdout);
	format_put_safe(names_user(names, holder->uid), stdout);
	printf(": %u mapping%s, %s", holder->mappings, holder->mappings == 1 ? "" : "s",
	       holder->writable ? "read and write" : "read only");
	if (holder->started != PROCESS_STARTED_UNKNOWN) {
		format_local_time(holder->started, since);
		printf(", started %s", since);
	}
	if (!holder->verified)
		fputs(", unverified", stdout);
	putchar('\n');
}

static void show_key(const struct segment *segment, const struct attachment *attachment)
{
	printf("segment %d, ", segment->id);
	if (segment->key)
		printf("key 0x%08" PRIx32 "\n", segment->key);
	else if (segment->dest && !attachment->key_known)
		puts("its key is lost");
	else if (segment->dest && attachment->key)
		printf("its key was 0x%08" PRIx32 "\n", attachment->key);
	else
		puts("private");
}

void screen_show(const struct row *row, const struct moment *moment,
		 const struct caller *caller, const struct policy *gc)
{
	const struct finding *finding = row->finding;
	const struct segment *segment = &finding->segment;
	const struct attachment *attachment = row->attachment;

	show_key(segment, attachment);
	show_state(finding);
	show_ruling(finding, gc);
	show_size(segment, attachment);
	show_ids("owner", row->names, segment->uid, segment->gid);
	show_ids("creator", row->names, segment->cuid, segment->cgid);
	show_mode(segment, caller);
	show_process("made by", &finding->creator, finding->verdict.creator);
	show_process("last user", &finding->last, finding->verdict.last);
	show_attaches(attachment);
	for (size_t i = 0; i < attachment->holders; i++)
		show_holder(&attachment->holder[i], row->names);
	show_time("changed", segment->ctime, moment);
	show_time("attached", segment->atime, moment);
	show_time("detached", segment->dtime, moment);
}

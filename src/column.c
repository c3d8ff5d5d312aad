/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "column.h"

#include <stdio.h>
#include <string.h>

#include "lib/attach.h"

#include "format.h"
#include "names.h"

static void get_key(const struct row *row, struct cell *cell)
{
	format_key(row->finding->segment.key, cell->room);
}

static void get_id(const struct row *row, struct cell *cell)
{
	cell->number = row->finding->segment.id;
}

static void get_owner(const struct row *row, struct cell *cell)
{
	cell->text = names_user(row->names, row->finding->segment.uid);
}

static void get_group(const struct row *row, struct cell *cell)
{
	cell->text = names_group(row->names, row->finding->segment.gid);
}

static void get_uid(const struct row *row, struct cell *cell)
{
	cell->number = row->finding->segment.uid;
}

static void get_gid(const struct row *row, struct cell *cell)
{
	cell->number = row->finding->segment.gid;
}

static void get_creator(const struct row *row, struct cell *cell)
{
	cell->text = names_user(row->names, row->finding->segment.cuid);
}

static void get_cgroup(const struct row *row, struct cell *cell)
{
	cell->text = names_group(row->names, row->finding->segment.cgid);
}

static void get_cuid(const struct row *row, struct cell *cell)
{
	cell->number = row->finding->segment.cuid;
}

static void get_cgid(const struct row *row, struct cell *cell)
{
	cell->number = row->finding->segment.cgid;
}

static void get_perms(const struct row *row, struct cell *cell)
{
	format_permissions(row->finding->segment.mode, cell->room);
}

static void get_mode(const struct row *row, struct cell *cell)
{
	snprintf(cell->room, sizeof(cell->room), "%04o", row->finding->segment.mode);
}

static void get_size(const struct row *row, struct cell *cell)
{
	cell->bytes = row->finding->segment.size;
}

static void get_rss(const struct row *row, struct cell *cell)
{
	cell->bytes = row->finding->segment.rss;
	cell->absent = cell->bytes == SEGMENT_UNKNOWN;
}

static void get_swap(const struct row *row, struct cell *cell)
{
	cell->bytes = row->finding->segment.swap;
	cell->absent = cell->bytes == SEGMENT_UNKNOWN;
}

static void get_nattch(const struct row *row, struct cell *cell)
{
	cell->number = (int64_t)row->finding->segment.nattch;
}

static void get_state(const struct row *row, struct cell *cell)
{
	cell->text = verdict_state_name(row->finding->verdict.state);
}

static void get_reason(const struct row *row, struct cell *cell)
{
	verdict_explain(row->finding, cell->room, sizeof(cell->room));
}

static void get_idle(const struct row *row, struct cell *cell)
{
	cell->number = row->finding->verdict.idle;
	cell->absent = cell->number < 0;
}

static void get_cpid(const struct row *row, struct cell *cell)
{
	cell->number = row->finding->segment.cpid;
	cell->absent = cell->number == 0;
}

static void get_lpid(const struct row *row, struct cell *cell)
{
	cell->number = row->finding->segment.lpid;
	cell->absent = cell->number == 0;
}

static void get_command(const struct row *row, struct cell *cell)
{
	cell->text = row->finding->creator.command;
	cell->absent = row->finding->verdict.creator != FATE_RUNNING || !*cell->text;
}

static void set_time(int64_t time, struct cell *cell)
{
	cell->number = time;
	cell->absent = time == 0;
}

static void get_atime(const struct row *row, struct cell *cell)
{
	set_time(row->finding->segment.atime, cell);
}

static void get_dtime(const struct row *row, struct cell *cell)
{
	set_time(row->finding->segment.dtime, cell);
}

static void get_ctime(const struct row *row, struct cell *cell)
{
	set_time(row->finding->segment.ctime, cell);
}

static void get_locked(const struct row *row, struct cell *cell)
{
	cell->number = row->finding->segment.locked;
}

/*
 * "812(perl),900?(app)": as many as there is room for, and then "..." Of the second one it is
 * not verified.
 */
static void get_holders(const struct row *row, struct cell *cell)
{
	const struct attachment *attachment = row->attachment;
	const bool unseen = attachment && attachment_unseen(attachment);
	const size_t room = sizeof(cell->room) - sizeof(",...,?");
	size_t length = 0, more;

	cell->absent = !attachment || (attachment->holders == 0 && !unseen);
	cell->room[0] = '\0';
	for (size_t i = 0; !cell->absent && i < attachment->holders; i++) {
		const struct holder *holder = &attachment->holder[i];
		char pid[FORMAT_ROOM] = "?";

		if (holder->pid)
			snprintf(pid, sizeof(pid), "%d%s", holder->pid,
				 holder->verified ? "" : "?");
		more = (size_t)snprintf(cell->room + length, room - length, "%s%s(%s)",
					i ? "," : "", pid, holder->command);
		if (more >= room - length) {
			strcpy(cell->room + length, i ? ",..." : "...");
			break;
		}
		length += more;
	}
	if (unseen)
		strcat(cell->room, cell->room[0] ? ",?" : "?");
}

const struct column column_table[] = {
	{"KEY", COLUMN_WORD, "key; 0x00000000 for a private or dest segment", get_key},
	{"ID", COLUMN_NUMBER, "identifier", get_id},
	{"OWNER", COLUMN_TEXT, "user name of the owner", get_owner},
	{"GROUP", COLUMN_TEXT, "group name of the owner", get_group},
	{"UID", COLUMN_NUMBER, "user ID of the owner", get_uid},
	{"GID", COLUMN_NUMBER, "group ID of the owner", get_gid},
	{"CREATOR", COLUMN_TEXT, "user name of the creator", get_creator},
	{"CGROUP", COLUMN_TEXT, "group name of the creator", get_cgroup},
	{"CUID", COLUMN_NUMBER, "user ID of the creator", get_cuid},
	{"CGID", COLUMN_NUMBER, "group ID of the creator", get_cgid},
	{"PERMS", COLUMN_WORD, "permissions as letters", get_perms},
	{"MODE", COLUMN_WORD, "permissions in octal", get_mode},
	{"SIZE", COLUMN_SIZE, "size asked for at creation", get_size},
	{"RSS", COLUMN_SIZE, "memory in use", get_rss},
	{"SWAP", COLUMN_SIZE, "swap space in use", get_swap},
	{"NATTCH", COLUMN_NUMBER, "attaches; one process can have several", get_nattch},
	{"STATE", COLUMN_STATE, "attached, dest, idle or orphan", get_state},
	{"REASON", COLUMN_TEXT, "why it is in that state", get_reason},
	{"IDLE", COLUMN_DURATION, "time since it was last touched, while unattached",
	 get_idle},
	{"CPID", COLUMN_NUMBER, "PID of the creator", get_cpid},
	{"LPID", COLUMN_NUMBER, "PID of the last user", get_lpid},
	{"COMMAND", COLUMN_TEXT, "command of the creator, if it runs", get_command},
	{"ATIME", COLUMN_TIME, "time of the last attach", get_atime},
	{"DTIME", COLUMN_TIME, "time of the last detach", get_dtime},
	{"CTIME", COLUMN_TIME, "time of creation or the last change", get_ctime},
	{"LOCKED", COLUMN_BOOL, "whether it is locked in memory", get_locked},
	{"HOLDERS", COLUMN_HOLDERS, "processes that have it attached", get_holders},
	{0},
};

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "id-record.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "number.h"

size_t id_record_format(const struct id_record *record, char text[static ID_RECORD_ROOM])
{
	const struct segment *segment = &record->segment;
	const struct origin *origin = &record->origin;

	return (size_t)snprintf(text, ID_RECORD_ROOM,
				"%d\nkey=0x%08" PRIx32 " size=%" PRIu64
				" cuid=%u cgid=%u cpid=%d pidns=%" PRIu64
				" ipcns=%" PRIu64 " boot=%s\n",
				segment->id, segment->key, segment->size, segment->cuid,
				segment->cgid, segment->cpid, origin->pid_namespace,
				origin->ipc_namespace, origin->boot);
}

/* What the text has, as far as it goes. Values that are too large become others. */
static void read_fields(const char *text, struct id_record *record)
{
	uint64_t id = 0, key = 0, cuid = 0, cgid = 0, cpid = 0;
	const struct {
		const char *label;
		unsigned int base;
		uint64_t *value;
	} fields[] = {
		{"", 10, &id},
		{"\nkey=0x", 16, &key},
		{" size=", 10, &record->segment.size},
		{" cuid=", 10, &cuid},
		{" cgid=", 10, &cgid},
		{" cpid=", 10, &cpid},
		{" pidns=", 10, &record->origin.pid_namespace},
		{" ipcns=", 10, &record->origin.ipc_namespace},
	};
	const char boot[] = " boot=";

	*record = (struct id_record){0};
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (strncmp(text, fields[i].label, strlen(fields[i].label)) != 0)
			return;
		text += strlen(fields[i].label);
		if (number_digits(&text, fields[i].base, fields[i].value))
			return;
	}
	if (strncmp(text, boot, strlen(boot)) == 0)
		snprintf(record->origin.boot, sizeof(record->origin.boot), "%s",
			 text + strlen(boot));
	record->segment.id = (int)id;
	record->segment.key = (uint32_t)key;
	record->segment.cuid = (uid_t)cuid;
	record->segment.cgid = (gid_t)cgid;
	record->segment.cpid = (pid_t)cpid;
}

int id_record_parse(const char *text, size_t length, struct id_record *record)
{
	char copy[ID_RECORD_ROOM] = "", again[ID_RECORD_ROOM];

	if (length < sizeof(copy)) {
		memcpy(copy, text, length);
		read_fields(copy, record);
		/* What would be written just so has been read in full, and is in range. */
		if (id_record_format(record, again) == length &&
		    memcmp(text, again, length) == 0 &&
		    strspn(record->origin.boot, "0123456789abcdef-") ==
			    ORIGIN_BOOT_ROOM - 1 &&
		    record->segment.id >= 0 && record->segment.cpid >= 0)
			return 0;
	}
	errno = EBADMSG;
	return -1;
}

bool id_record_is_from(const struct id_record *record, const struct origin *here)
{
	return strcmp(record->origin.boot, here->boot) == 0 &&
	       record->origin.ipc_namespace == here->ipc_namespace;
}

bool id_record_names(const struct id_record *record, const struct origin *here,
		     const struct segment *segment)
{
	struct segment expected = record->segment;

	if (record->origin.pid_namespace != here->pid_namespace)
		expected.cpid = segment->cpid;
	return id_record_is_from(record, here) && segment_remains(&expected, segment);
}

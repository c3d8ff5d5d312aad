/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file of create --id-file: only what was written so is taken. */
#include "fuzz.h"

#include <errno.h>
#include <string.h>

#include "lib/id-record.h"

void fuzz_record(const uint8_t *data, size_t size)
{
	char *bytes = malloc(size ? size : 1), text[ID_RECORD_ROOM];
	struct id_record record;
	size_t length;

	FUZZ_CHECK(bytes);
	memcpy(bytes, data, size);
	if (id_record_parse(bytes, size, &record)) {
		FUZZ_CHECK(errno == EBADMSG);
	} else {
		length = id_record_format(&record, text);
		FUZZ_CHECK(length == size && memcmp(text, bytes, size) == 0);
		FUZZ_CHECK(record.segment.id >= 0);
	}
	free(bytes);
}

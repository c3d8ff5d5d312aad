/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "value-fill.h"

#include "lib/number.h"

static int parse_some_size(const char *text, void *field)
{
	struct some_size *size = field;

	if (number_size(text, &size->bytes))
		return -1;
	size->set = true;
	return 0;
}

static int parse_byte(const char *text, void *field)
{
	struct some_byte *byte = field;

	if (number_byte(text, &byte->byte))
		return -1;
	byte->set = true;
	return 0;
}

const struct value value_some_size = {
	.name = "SIZE",
	.expected = "a size such as 4096, 64K or 1GiB",
	.parse = parse_some_size,
};

const struct value value_byte = {
	.name = "BYTE",
	.expected = "a byte: 0 to 255, 0x00 to 0xff, or a character of ASCII but a digit",
	.parse = parse_byte,
};

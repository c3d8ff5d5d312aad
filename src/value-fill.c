/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "value-fill.h"

#include "lib/number.h"

static int parse_byte(const char *text, void *field)
{
	struct some_byte *byte = field;

	if (number_byte(text, &byte->byte))
		return -1;
	byte->set = true;
	return 0;
}

const struct value value_byte = {
	.name = "BYTE",
	.expected = "a byte: 0 to 255, 0x00 to 0xff, or a character of ASCII but a digit",
	.parse = parse_byte,
};

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The types of options that say what of a segment is written, and with what. */
#ifndef SHMTOOL_VALUE_FILL_H
#define SHMTOOL_VALUE_FILL_H

#include <stdbool.h>
#include <stdint.h>

#include "value.h"

/* Both need not be given, and have no value that could stand for that. */
struct some_size {
	bool set;
	uint64_t bytes;
};

struct some_byte {
	bool set;
	uint8_t byte;
};

extern const struct value value_some_size, value_byte;

#define VALUE_SOME_SIZE(settings, field) \
	&value_some_size, FIELD(struct some_size, settings, field)
/* As number_byte(). */
#define VALUE_BYTE(settings, field) &value_byte, FIELD(struct some_byte, settings, field)

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The type of an option that says what a segment is filled with. */
#ifndef SHMTOOL_VALUE_FILL_H
#define SHMTOOL_VALUE_FILL_H

#include <stdbool.h>
#include <stdint.h>

#include "value.h"

/* It need not be given, and no byte could stand for that. */
struct some_byte {
	bool set;
	uint8_t byte;
};

extern const struct value value_byte;

/* As number_byte(). */
#define VALUE_BYTE(settings, field) &value_byte, FIELD(struct some_byte, settings, field)

#endif

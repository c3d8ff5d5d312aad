/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every unit test includes; cmocka.h wants the others before it. */
#ifndef SHMTOOL_UNIT_H
#define SHMTOOL_UNIT_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* An ordinary segment, by lib/sysv.h. */
#define CREATE(KEY, SIZE, MODE) \
	sysv_create(&(struct sysv_request){.key = (KEY), .size = (SIZE), .mode = (MODE)})

#endif

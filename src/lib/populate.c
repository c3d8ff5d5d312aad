/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "populate.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

/* Write to a byte what it is. Others may be at it: so in one step. */
/* NOLINTNEXTLINE(readability-non-const-parameter): what a builtin writes is not seen. */
static void touch(char *byte)
{
	char value = __atomic_load_n(byte, __ATOMIC_RELAXED);

	/* (To add or to or 0 would be as good, but that a compiler may leave out.) */
	while (!__atomic_compare_exchange_n(byte, &value, value, 0, __ATOMIC_RELAXED,
					    __ATOMIC_RELAXED))
		;
}

static void touch_each(char *at, size_t length)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);

	for (size_t offset = 0; offset < length; offset += page)
		touch(at + offset);
}

int populate(char *at, size_t length)
{
	while (madvise(at, length, MADV_POPULATE_WRITE)) {
		if (errno == EINVAL) {
			touch_each(at, length);
			return 0;
		}
		if (errno != EAGAIN && errno != EINTR)
			return -1;
	}
	return 0;
}

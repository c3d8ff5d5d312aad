/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls that a signal has interrupted are made again; not every C library has a macro for it. */
#ifndef SHMTOOL_RETRY_H
#define SHMTOOL_RETRY_H

#include <errno.h>
#include <unistd.h>

/* As read(2), but it never fails with EINTR. */
static inline ssize_t retry_read(int fd, void *buffer, size_t size)
{
	ssize_t got;

	do
		got = read(fd, buffer, size);
	while (got < 0 && errno == EINTR);
	return got;
}

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where in a file something is. */
#ifndef SHMTOOL_PLACE_H
#define SHMTOOL_PLACE_H

struct place {
	const char *file;
	unsigned int line; /* 0: the file as a whole */
};

/* "/etc/shmtool/gc.conf:12", to be freed; NULL and errno ENOMEM. */
char *place_text(const struct place *place);

/* A message about it, as warnx(3) but safe: "shmtool gc: FILE:LINE: ...". Returns -1. */
int place_error(const struct place *place, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif

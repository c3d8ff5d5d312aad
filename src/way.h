/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A path, gone along from / one name at a time, as namei(1) shows it: each directory and each
 * symbolic link on it must be root's, and no directory may be writable for others, unless it is
 * sticky. So nobody but root can make the path lead elsewhere.
 */
#ifndef SHMTOOL_WAY_H
#define SHMTOOL_WAY_H

#include <stdbool.h>
#include <stddef.h>

struct stat;

struct way {
	int directory;	  /* as far as it is gone: checked, O_PATH; -1: none */
	const char *name; /* what the path names in it, which is no link */
	bool refused;	  /* it was not trusted, and a message said so */

	/* Its own. */
	char *text; /* absolute, with the links that were followed in it */
	size_t done,
		typed; /* how much of it is gone; where what the caller gave begins */
	unsigned int links;
};

enum way_until {
	WAY_ALL,       /* links of the last name are followed, too */
	WAY_DIRECTORY, /* the last name may be anything, and need not be there */
};

/* Begin at /, from where a relative path is gone through the working directory. */
int way_begin(struct way *way, const char *path);

/* Go to the end. Both return 0; or -1 with refused set, or else with errno. */
int way_go(struct way *way, enum way_until until);

void way_end(struct way *way);

/*
 * Whether nobody but root can change what stat(2) says this of; a directory may be sticky,
 * where that is allowed. Returns 0, or -1 after a message.
 *
 * Root is UID 0, and the owner of /, because a user namespace may have another UID for the
 * root of the host. But the overflow UID of the kernel is nobody's, unless it is that of / in
 * a namespace that has no number for either: root cannot be told from others there.
 */
int way_check(const char *path, const struct stat *info, bool may_be_sticky);

#endif

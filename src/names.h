/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of users and groups, each looked up once. */
#ifndef SHMTOOL_NAMES_H
#define SHMTOOL_NAMES_H

#include <sys/types.h>

/* All zero is an empty cache. */
struct names {
	void *users, *groups; /* trees of tsearch(3) */
};

/*
 * The name of a user or group (getpwuid(3), getgrgid(3)), or its number in decimal
 * when it has none. The text belongs to the cache; out of memory it is "?".
 */
const char *names_user(struct names *names, uid_t uid);
const char *names_group(struct names *names, gid_t gid);

void names_release(struct names *names);

#endif

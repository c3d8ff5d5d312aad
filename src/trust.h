/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files that tell a program of root's what to do. As root (effective UID 0) one is refused
 * that others can change or replace: it must be owned by root, and not be writable for group
 * or others; and so must be each directory on its path, from / on, and each symbolic link must
 * be root's (way.h). A directory may be writable if it is sticky, for there nobody can
 * replace a file of root's.
 */
#ifndef SHMTOOL_TRUST_H
#define SHMTOOL_TRUST_H

#include <stdio.h>

struct dirent;
struct stat;

/*
 * Open a regular file to read it; symbolic links are followed first. Returns 0, with
 * *file NULL where there is no such file; or -1 after a message.
 */
int trust_open(const char *path, FILE **file);

/*
 * Check a file that is to be changed, as stat(2) has it, and the directories of its path;
 * NULL: only the latter, which may be absent. Returns 0, or -1 after a message.
 */
int trust_check(const char *path, const struct stat *info);

/*
 * The names in a directory that do not begin with a dot, in the order of bytes; names are
 * to be freed as those of scandir(3). Here a sticky directory is refused too, where all
 * may add files. Returns how many, 0 where there is no such directory; or -1 after a
 * message.
 */
int trust_list(const char *directory, struct dirent ***names);

#endif

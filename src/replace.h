/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file that is replaced as a whole: until the end the old one is there as it was, and
 * from then on the new one, with all that was written. Neither is ever seen half.
 *
 * The directory is opened once, and links on the way to it are followed. Its last part is
 * absent or names a regular file: a link, a device or a directory is never replaced, for
 * root neither. What is put there is another file, with the caller as its owner: the old
 * one's owner, permissions and hard links do not pass on to it.
 */
#ifndef SHMTOOL_REPLACE_H
#define SHMTOOL_REPLACE_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

/* One that was begun, and has to be ended in one of two ways. */
struct replace {
	int directory, file; /* -1: none */
	bool is_named; /* it has the name temporary; else it has none yet (O_TMPFILE) */
	sigset_t held; /* signals that wait until it has not */
	char temporary[sizeof(".shmtool.") + 16];
	const char *name; /* the last part of the path */
};

#define REPLACE_NONE                        \
	{                                   \
		.directory = -1, .file = -1 \
	}

/*
 * Begin a new file for this path, which is to stay until the end, with this mode less the
 * umask. Nothing of it is visible until replace_commit(), so that whatever kills the caller
 * leaves nothing; only where the file system has no O_TMPFILE, or there is no /proc, it has
 * a name, ".shmtool." and 16 hex digits. While it has, SIGINT, SIGTERM and SIGHUP wait, and
 * then arrive when it is gone: who takes long asks replace_is_stopped(). Returns a descriptor to write to, which belongs to
 * replace; or -1. ELOOP: the path names a symbolic link. EISDIR: a directory. EINVAL:
 * something else that is no regular file. Others as openat(2).
 */
int replace_begin(struct replace *replace, const char *path, mode_t mode);

/* Whether it has a name, and a signal waits that is to end us: nothing may be begun then. */
bool replace_is_stopped(const struct replace *replace);

/*
 * Set its permissions to these. The directory may give what is made in there an ACL of its
 * own (acl(5), the default one), with which a mode opens it to others: it is removed. Returns
 * 0, or -1 and errno.
 */
int replace_set_mode(const struct replace *replace, mode_t mode);

/*
 * Put it there: on the disk first, then in its place, then the directory on the disk too,
 * if it may be read. Returns 0; or -1, and it is gone and what was there is as it was; but
 * if only the directory could not be written, the new one is there, and may be lost in a
 * crash. Errors as above, and as fsync(2), linkat(2) and renameat(2).
 */
int replace_commit(struct replace *replace);

/*
 * Leave what was there as it was. Also after the end and of REPLACE_NONE, where it does
 * nothing. errno stays.
 */
void replace_abandon(struct replace *replace);

/* As strerror(3), in the words of replace_begin() for its own errors. */
const char *replace_strerror(int error);

#endif

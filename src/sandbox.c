/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sandbox.h"

#include <errno.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sandbox-calls.h"

const struct may_row *sandbox_rows(void)
{
	static const struct may_row rows[] = {
		{MAY_ATTACH, "attach"},
		{MAY_WRITE, "attach to write"},
		{MAY_CREATE, "create"},
		{MAY_CHANGE, "change"},
		{MAY_LOCK, "lock"},
		{MAY_REMOVE, "remove"},
		{MAY_SEE_PROCESSES, "see processes"},
		{MAY_WRITE_FILES, "write files"},
		{MAY_RECORD, "record what it closes"},
		{0},
	};

	return rows;
}

/* What the kernel does not have, or another sandbox around this one has forbidden. */
static int unless_missing(int result)
{
	if (result >= 0 || errno == ENOSYS || errno == EINVAL || errno == EOPNOTSUPP ||
	    errno == EPERM || errno == EACCES)
		return 0;
	return -1;
}

#ifdef SYS_landlock_create_ruleset
#include <linux/landlock.h>

/* Of Linux 6.2, which older headers do not have. */
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif

static int forbid_files(void)
{
	struct landlock_ruleset_attr attributes = {
		.handled_access_fs =
			LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE |
			LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |
			LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR |
			LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK |
			LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK |
			LANDLOCK_ACCESS_FS_MAKE_SYM,
	};
	const long version = syscall(SYS_landlock_create_ruleset, NULL, (size_t)0,
				     LANDLOCK_CREATE_RULESET_VERSION);
	int rules, result, error;

	if (version < 0)
		return -1;
	if (version >= 3)
		attributes.handled_access_fs |= LANDLOCK_ACCESS_FS_TRUNCATE;
	rules = (int)syscall(SYS_landlock_create_ruleset, &attributes, sizeof(attributes),
			     0);
	if (rules < 0)
		return -1;
	result = (int)syscall(SYS_landlock_restrict_self, rules, 0);
	error = errno;
	close(rules);
	errno = error;
	return result;
}

#else

static int forbid_files(void)
{
	return 0;
}

#endif

int sandbox_enter(unsigned int may)
{
	if (!(may & (MAY_SEE_PROCESSES | MAY_WRITE_FILES)) &&
	    unless_missing(forbid_files()))
		return -1;
	return unless_missing(sandbox_forbid_calls(may));
}

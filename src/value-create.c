/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "value-create.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/ftok.h"
#include "lib/number.h"
#include "lib/sysv.h"

static int fail(int error)
{
	errno = error;
	return -1;
}

static int parse_ownership(const char *text, void *field)
{
	const char *colon = strchr(text, ':');
	struct ownership ownership = {0};
	char *user;
	int result;

	if (!colon)
		user = strdup(text);
	else
		user = strndup(text, (size_t)(colon - text));
	if (!user)
		return -1;
	result = value_user.parse(user, &ownership.user);
	free(user);
	if (result || (colon && value_group.parse(colon + 1, &ownership.group)))
		return -1;
	*(struct ownership *)field = ownership;
	return 0;
}

/*
 * The colon between PATH and PROJ, or the end of the text where there is none; or NULL
 * and errno.
 */
static const char *find_proj(const char *text, uint8_t *proj)
{
	const char *colon = strrchr(text, ':');
	int error;

	*proj = FTOK_PROJ_DEFAULT;
	if (!colon)
		return text + strlen(text);
	if (number_proj(colon + 1, proj) == 0)
		return colon;
	error = errno;
	/* Nothing, 0, or too much: that is no part of a name, but meant as PROJ. */
	if (error == EINVAL && colon[1 + strspn(colon + 1, "0123456789")])
		return colon + strlen(colon);
	errno = error;
	return NULL;
}

static int parse_ftok(const char *text, void *field)
{
	struct ftok_file *file = field, given;
	const char *end = find_proj(text, &given.proj);

	if (!end)
		return -1;
	if (end == text)
		return fail(EINVAL);
	given.path = strndup(text, (size_t)(end - text));
	if (!given.path)
		return -1;
	free(file->path);
	*file = given;
	return 0;
}

static void release_ftok(void *field)
{
	struct ftok_file *file = field;

	free(file->path);
	file->path = NULL;
}

static int parse_huge(const char *text, void *field)
{
	const uint64_t smallest = 4096; /* of any page of Linux */
	uint64_t size;

	if (!text) {
		*(unsigned int *)field = SYSV_HUGE;
		return 0;
	}
	if (number_size(text, &size))
		return -1;
	if (size < smallest || size & (size - 1))
		return fail(EINVAL);
	*(unsigned int *)field = (unsigned int)__builtin_ctzll(size);
	return 0;
}

const struct value value_ownership = {
	.name = "USER[:GROUP]",
	.expected =
		"the name of a user that there is, or a number such as 1000 or +1000, and "
		"perhaps a colon and such a group; "
		"a colon without a group is not supported",
	.once = true,
	.offers = OFFERS_USERS,
	.parse = parse_ownership,
};

const struct value value_ftok = {
	.name = "PATH[:PROJ]",
	.expected =
		"the name of a file, and perhaps a colon and a number from 1 to 255, or "
		"one character such as R",
	.once = true,
	.offers = OFFERS_FILES,
	.parse = parse_ftok,
	.release = release_ftok,
};

const struct value value_huge = {
	.name = "SIZE",
	.expected = "the size of a huge page, a power of two such as 2M or 1G",
	.optional = true,
	.parse = parse_huge,
};

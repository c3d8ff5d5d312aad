/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "names.h"

#include <grp.h>
#include <pwd.h>
#include <search.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct known {
	unsigned int number; /* first: a bare number is a key to search for */
	char text[];
};

static int compare(const void *a, const void *b)
{
	unsigned int x = *(const unsigned int *)a, y = *(const unsigned int *)b;

	return (x > y) - (x < y);
}

static const char *find(void *const *tree, unsigned int number)
{
	struct known *const *node = tfind(&number, tree, compare);

	return node ? (*node)->text : NULL;
}

static const char *add(void **tree, unsigned int number, const char *name)
{
	char decimal[16];
	struct known *entry;

	if (!name) {
		snprintf(decimal, sizeof(decimal), "%u", number);
		name = decimal;
	}
	entry = malloc(sizeof(*entry) + strlen(name) + 1);
	if (!entry)
		return "?";
	entry->number = number;
	strcpy(entry->text, name);
	if (tsearch(entry, tree, compare))
		return entry->text;
	free(entry);
	return "?";
}

const char *names_user(struct names *names, uid_t uid)
{
	const char *known = find(&names->users, uid);
	const struct passwd *user;

	if (known)
		return known;
	user = getpwuid(uid);
	return add(&names->users, uid, user && *user->pw_name ? user->pw_name : NULL);
}

const char *names_group(struct names *names, gid_t gid)
{
	const char *known = find(&names->groups, gid);
	const struct group *group;

	if (known)
		return known;
	group = getgrgid(gid);
	return add(&names->groups, gid, group && *group->gr_name ? group->gr_name : NULL);
}

void names_release(struct names *names)
{
	tdestroy(names->users, free);
	tdestroy(names->groups, free);
	*names = (struct names){0};
}

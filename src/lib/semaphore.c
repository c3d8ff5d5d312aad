/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "semaphore.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/sem.h>

#include "deadline.h"
#include "number.h"

int semaphore_parse(const char *text, struct semaphore_name *name)
{
	const size_t length = strcspn(text, ":");
	struct semaphore_name result = {.is_given = true};
	uint64_t number = 0;
	char set[32];

	if (length >= sizeof(set)) {
		errno = EINVAL;
		return -1;
	}
	memcpy(set, text, length);
	set[length] = '\0';
	result.by_key = strncasecmp(set, "0x", 2) == 0;
	if (result.by_key ? number_hex_key(set, &result.key) : number_id(set, &result.id))
		return -1;
	if (text[length] && number_decimal(text + length + 1, USHRT_MAX, &number))
		return -1;
	result.number = (unsigned short)number;
	*name = result;
	return 0;
}

void semaphore_text(const struct semaphore_name *name, char text[static SEMAPHORE_ROOM])
{
	if (name->by_key)
		snprintf(text, SEMAPHORE_ROOM, "semaphore 0x%08" PRIx32 ":%u", name->key,
			 name->number);
	else
		snprintf(text, SEMAPHORE_ROOM, "semaphore %d:%u", name->id, name->number);
}

int semaphore_find(const struct semaphore_name *name, struct semaphore *semaphore)
{
	const int id = name->by_key ? semget((key_t)name->key, 0, 0) : name->id;

	if (id < 0)
		return -1;
	*semaphore = (struct semaphore){id, name->number};
	return 0;
}

static int operate(const struct semaphore *semaphore, short difference,
		   const struct timespec *timeout)
{
	struct sembuf operation = {
		.sem_num = semaphore->number, .sem_op = difference, .sem_flg = SEM_UNDO};

	return semtimedop(semaphore->id, &operation, 1, timeout);
}

int semaphore_take(const struct semaphore *semaphore, const struct deadline *deadline)
{
	int absent = ENOENT; /* what EINVAL, of an id that is free, means */
	struct timespec left;

	for (;;) {
		if (!deadline->never)
			deadline_left(deadline, &left);
		if (operate(semaphore, -1, deadline->never ? NULL : &left) == 0)
			return 0;
		if (errno != EINTR)
			break;
		absent = EIDRM;
	}
	if (errno == EINVAL)
		errno = absent;
	return -1;
}

int semaphore_give(const struct semaphore *semaphore)
{
	if (operate(semaphore, 1, NULL) == 0)
		return 0;
	if (errno == EINVAL || errno == EIDRM)
		errno = ENOENT;
	return -1;
}

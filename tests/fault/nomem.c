/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Preloaded into a program: of its allocations the one with the number in NOMEM_AT fails,
 * and with NOMEM_ALL those after it too. A byte to the descriptor NOMEM_FD tells of it.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

static unsigned long at, count;
static bool is_active, all;
static int tell = -1;

__attribute__((constructor)) static void begin(void)
{
	const char *number = getenv("NOMEM_AT"), *fd = getenv("NOMEM_FD");

	if (!number || !fd)
		return;
	at = strtoul(number, NULL, 10);
	tell = atoi(fd);
	all = getenv("NOMEM_ALL");
	is_active = true;
}

static bool fails(void)
{
	const unsigned long now = is_active ? count++ : 0;

	if (!is_active || now < at || (now > at && !all))
		return false;
	if (now == at && write(tell, "", 1) != 1)
		_exit(126);
	errno = ENOMEM;
	return true;
}

static void *next(const char *name)
{
	return dlsym(RTLD_NEXT, name);
}

void *malloc(size_t size)
{
	static void *(*real)(size_t size);

	if (!real)
		*(void **)&real = next("malloc");
	return fails() ? NULL : real(size);
}

void *calloc(size_t items, size_t size)
{
	static void *(*real)(size_t items, size_t size);
	static bool is_searching;

	/* dlsym(3) of older C libraries allocates, and can do without. */
	if (is_searching)
		return NULL;
	if (!real) {
		is_searching = true;
		*(void **)&real = next("calloc");
		is_searching = false;
	}
	return fails() ? NULL : real(items, size);
}

void *realloc(void *old, size_t size)
{
	static void *(*real)(void *old, size_t size);

	if (!real)
		*(void **)&real = next("realloc");
	return fails() ? NULL : real(old, size);
}

void *reallocarray(void *old, size_t items, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(items, size, &bytes)) {
		errno = ENOMEM;
		return NULL;
	}
	return realloc(old, bytes);
}

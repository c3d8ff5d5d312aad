/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where and when an id means anything, on the real kernel and where /proc is odd. */
#include "unit.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "lib/origin.h"

#define BOOT_ID "/proc/sys/kernel/random/boot_id"

static const char *text;   /* that boot_id has; NULL: its own */
static const char *absent; /* what is not there */

FILE *__real_fopen(const char *path, const char *mode);
FILE *__wrap_fopen(const char *path, const char *mode);
FILE *__wrap_fopen64(const char *path, const char *mode);
int __wrap_stat(const char *path, struct stat *it);
int __wrap_stat64(const char *path, struct stat *it);

static bool is_absent(const char *path)
{
	errno = ENOENT;
	return absent && strcmp(path, absent) == 0;
}

FILE *__wrap_fopen(const char *path, const char *mode)
{
	if (is_absent(path))
		return NULL;
	if (text && strcmp(path, BOOT_ID) == 0)
		return *text ? fmemopen((void *)(uintptr_t)text, strlen(text), "r")
			     : __real_fopen("/dev/null", mode);
	return __real_fopen(path, mode);
}

FILE *__wrap_fopen64(const char *path, const char *mode)
{
	return __wrap_fopen(path, mode);
}

int __wrap_stat(const char *path, struct stat *it)
{
	return is_absent(path) ? -1 : fstatat(AT_FDCWD, path, it, 0);
}

int __wrap_stat64(const char *path, struct stat *it)
{
	return __wrap_stat(path, it);
}

static void it_is_this_boot_and_these_namespaces(void **state)
{
	struct origin first, again;
	struct stat ipc, pid;

	(void)state;
	assert_int_equal(origin_read(&first), 0);
	assert_int_equal(origin_read(&again), 0);
	assert_int_equal(strlen(first.boot), ORIGIN_BOOT_ROOM - 1);
	assert_string_equal(first.boot, again.boot);
	assert_int_equal(stat("/proc/self/ns/ipc", &ipc), 0);
	assert_int_equal(stat("/proc/self/ns/pid", &pid), 0);
	assert_true(first.ipc_namespace == ipc.st_ino);
	assert_true(first.pid_namespace == pid.st_ino);
}

static void what_is_no_uuid_is_no_boot(void **state)
{
	static const char *const bad[] = {
		"",
		"\n",
		"12345678-1234-1234-1234-12345678901\n",
		"12345678-1234-1234-1234-12345678901X\n",
	};
	struct origin origin;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		text = bad[i];
		errno = 0;
		assert_int_equal(origin_read(&origin), -1);
		assert_int_equal(errno, EBADMSG);
	}
	text = "12345678-1234-1234-1234-123456789abc\n";
	assert_int_equal(origin_read(&origin), 0);
	assert_string_equal(origin.boot, "12345678-1234-1234-1234-123456789abc");
	text = NULL;
}

static void without_any_of_the_three_it_is_not_known(void **state)
{
	static const char *const needed[] = {BOOT_ID, "/proc/self/ns/ipc",
					     "/proc/self/ns/pid"};
	struct origin origin;

	(void)state;
	for (size_t i = 0; i < COUNT(needed); i++) {
		absent = needed[i];
		assert_int_equal(origin_read(&origin), -1);
		assert_int_equal(errno, ENOENT);
	}
	absent = NULL;
	assert_int_equal(origin_read(&origin), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_this_boot_and_these_namespaces),
		cmocka_unit_test(what_is_no_uuid_is_no_boot),
		cmocka_unit_test(without_any_of_the_three_it_is_not_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

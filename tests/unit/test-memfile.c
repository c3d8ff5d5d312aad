/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files in memory. */
#include "unit.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/memfile.h"

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 8U
#endif

static unsigned int refused; /* flags with which there is none */
static int truncate_error;
static size_t calls;

int __wrap_memfd_create(const char *name, unsigned int flags);
int __wrap_ftruncate(int fd, off_t size);
int __wrap_ftruncate64(int fd, off_t size);

int __wrap_memfd_create(const char *name, unsigned int flags)
{
	calls++;
	if (flags & refused) {
		errno = EINVAL;
		return -1;
	}
	return (int)syscall(SYS_memfd_create, name, flags & ~MFD_NOEXEC_SEAL);
}

int __wrap_ftruncate(int fd, off_t size)
{
	if (truncate_error) {
		errno = truncate_error;
		return -1;
	}
	return (int)syscall(SYS_ftruncate, fd, size);
}

/* Its name in some C libraries. */
int __wrap_ftruncate64(int fd, off_t size)
{
	return __wrap_ftruncate(fd, size);
}

static int reset(void **state)
{
	(void)state;
	refused = 0;
	truncate_error = 0;
	calls = 0;
	return 0;
}

static void a_file_in_memory_has_its_size_and_takes_none(void **state)
{
	const int fd = memfile_open(0, 1 << 20);
	struct stat stat;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &stat), 0);
	assert_int_equal(stat.st_size, 1 << 20);
	assert_int_equal(stat.st_blocks, 0);
	close(fd);
	assert_int_equal(calls, 1);
}

static void older_kernels_are_asked_in_their_way(void **state)
{
	int fd;

	(void)state;
	refused = MFD_NOEXEC_SEAL;
	fd = memfile_open(0, 1);
	assert_true(fd >= 0);
	assert_int_equal(calls, 2);
	close(fd);
}

static void what_cannot_be_made_or_made_so_large_is_an_error(void **state)
{
	(void)state;
	refused = MFD_CLOEXEC;
	assert_int_equal(memfile_open(0, 0), -1);
	assert_int_equal(errno, EINVAL);
	refused = 0;
	truncate_error = EFBIG;
	assert_int_equal(memfile_open(0, 1), -1);
	assert_int_equal(errno, EFBIG);
}

#define TEST(name) cmocka_unit_test_setup(name, reset)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_file_in_memory_has_its_size_and_takes_none),
		TEST(older_kernels_are_asked_in_their_way),
		TEST(what_cannot_be_made_or_made_so_large_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

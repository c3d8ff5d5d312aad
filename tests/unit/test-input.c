/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every source of bytes, on real files and pipes. */
#include "unit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/input.h"
#include "lib/memfile.h"

enum { K = 1024, M = 1024 * K };

/* What read(2) gives instead of what there is, from the call with this number on. */
static size_t reads, fail_from;
static int read_error;
static size_t read_most; /* 0: as many as are asked for */
static bool read_fails_once;
static int memory_error, write_error, measure_error, seek_error;
static size_t write_most;

ssize_t __wrap_read(int fd, void *buffer, size_t size);
int __wrap_memfd_create(const char *name, unsigned int flags);
ssize_t __wrap_pwrite(int fd, const void *buffer, size_t size, off_t offset);
ssize_t __wrap_pwrite64(int fd, const void *buffer, size_t size, off_t offset);

ssize_t __wrap_read(int fd, void *buffer, size_t size)
{
	if (read_error && ++reads >= fail_from &&
	    (!read_fails_once || reads == fail_from)) {
		errno = read_error;
		return -1;
	}
	if (read_most && size > read_most)
		size = read_most;
	return syscall(SYS_read, fd, buffer, size);
}

int __wrap_memfd_create(const char *name, unsigned int flags)
{
	if (memory_error) {
		errno = memory_error;
		return -1;
	}
	return (int)syscall(SYS_memfd_create, name, flags);
}

ssize_t __wrap_pwrite(int fd, const void *buffer, size_t size, off_t offset)
{
	if (write_error) {
		errno = write_error;
		if (write_error == EINTR)
			write_error = 0;
		return -1;
	}
	if (write_most && size > write_most)
		size = write_most;
	return syscall(SYS_pwrite64, fd, buffer, size, offset);
}

/* Its name in some C libraries. */
ssize_t __wrap_pwrite64(int fd, const void *buffer, size_t size, off_t offset)
{
	return __wrap_pwrite(fd, buffer, size, offset);
}

int __wrap_fstat(int fd, struct stat *stat);
int __wrap_fstat64(int fd, struct stat *stat);
off_t __wrap_lseek(int fd, off_t offset, int whence);
off_t __wrap_lseek64(int fd, off_t offset, int whence);

int __wrap_fstat(int fd, struct stat *stat)
{
	if (measure_error) {
		errno = measure_error;
		return -1;
	}
	return fstatat(fd, "", stat, AT_EMPTY_PATH);
}

int __wrap_fstat64(int fd, struct stat *stat)
{
	return __wrap_fstat(fd, stat);
}

off_t __wrap_lseek(int fd, off_t offset, int whence)
{
	if (seek_error && (whence == SEEK_DATA || whence == SEEK_HOLE)) {
		errno = seek_error;
		return -1;
	}
	return syscall(SYS_lseek, fd, offset, whence);
}

off_t __wrap_lseek64(int fd, off_t offset, int whence)
{
	return __wrap_lseek(fd, offset, whence);
}

static int reset(void **state)
{
	(void)state;
	reads = fail_from = read_most = write_most = 0;
	read_error = memory_error = write_error = measure_error = seek_error = 0;
	read_fails_once = false;
	return 0;
}

/* A file of this size, a hole but for some bytes. */
static int make_file(uint64_t size, uint64_t data, size_t length)
{
	int fd = memfile_open(0, size);
	char *bytes = malloc(length + 1);

	assert_true(fd >= 0);
	memset(bytes, 'x', length + 1);
	assert_int_equal(syscall(SYS_pwrite64, fd, bytes, length, data), length);
	free(bytes);
	return fd;
}

/* The file as a stream. */
static struct input stream_of(int fd)
{
	return (struct input){
		.kind = INPUT_STREAM, .fd = fd, .length = INPUT_UNKNOWN, .memory = -1};
}

/* Stage all. Returns the end of it. */
static int stage(struct input *input, uint64_t most)
{
	int got;

	do {
		got = input_stage(input, most);
	} while (got > 0);
	return got;
}

static uint64_t memory_of(const struct input *input)
{
	struct stat stat;

	assert_int_equal(fstat(input->fd, &stat), 0);
	return (uint64_t)stat.st_blocks * 512;
}

static char byte_at(const struct input *input, uint64_t offset)
{
	char byte;

	assert_int_equal(input_read(input, &byte, 1, offset), 1);
	return byte;
}

static void a_file_is_measured_from_where_it_stands(void **state)
{
	int fd = make_file(10000, 6000, 1);
	struct input input;

	(void)state;
	assert_int_equal(input_open(&input, fd), 0);
	assert_int_equal(input.kind, INPUT_FILE);
	assert_int_equal(input.length, 10000);
	lseek(fd, 5000, SEEK_SET);
	assert_int_equal(input_open(&input, fd), 0);
	assert_int_equal(input.length, 5000);
	assert_int_equal(byte_at(&input, 1000), 'x');
	assert_int_equal(byte_at(&input, 999), 0);
	lseek(fd, 20000, SEEK_SET);
	assert_int_equal(input_open(&input, fd), 0);
	assert_int_equal(input.length, 0);
	input_close(&input);
	assert_int_equal(close(fd), 0);
}

static void it_is_left_where_who_reads_it_would_be(void **state)
{
	int fd = make_file(10000, 0, 10000);
	struct extent extent;
	struct input input;

	(void)state;
	lseek(fd, 5, SEEK_SET);
	assert_int_equal(input_open(&input, fd), 0);
	assert_int_equal(lseek(fd, 0, SEEK_CUR), 5);
	assert_int_equal(input_extent(&input, 100, &extent), 0);
	input_leave_at(&input, 7000);
	assert_int_equal(lseek(fd, 0, SEEK_CUR), 7005);
	close(fd);
}

static void what_has_no_length_is_a_stream(void **state)
{
	static const char *const paths[] = {"/dev/null", "/dev/zero", "/proc/self/stat"};
	struct input input;
	int ends[2], fd;

	(void)state;
	for (size_t i = 0; i < COUNT(paths); i++) {
		fd = open(paths[i], O_RDONLY);
		assert_int_equal(input_open(&input, fd), 0);
		assert_int_equal(input.kind, INPUT_STREAM);
		assert_true(input.length == INPUT_UNKNOWN);
		close(fd);
	}
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(input_open(&input, ends[0]), 0);
	assert_int_equal(input.kind, INPUT_STREAM);
	close(ends[0]);
	close(ends[1]);
}

/* A file in /sys says it had 4096 bytes, and has fewer. */
static void a_size_that_is_made_up_is_not_believed(void **state)
{
	int fd = open("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size", O_RDONLY);
	struct input input;

	(void)state;
	if (fd < 0)
		skip();
	assert_int_equal(input_open(&input, fd), 0);
	assert_int_equal(input.kind, INPUT_STREAM);
	assert_int_equal(stage(&input, 4096), 0);
	assert_in_range(input.length, 2, 20);
	input_close(&input);
	close(fd);
}

static void what_cannot_be_read_is_an_error(void **state)
{
	struct input input;
	int fd = open("/", O_RDONLY | O_DIRECTORY);

	(void)state;
	assert_int_equal(input_open(&input, fd), -1);
	assert_int_equal(errno, EISDIR);
	close(fd);
	assert_int_equal(input_open(&input, fd), -1);
	assert_int_equal(errno, EBADF);
	input_close(&input);
	input_close(&input);
}

static void a_file_without_a_place_to_read_from_is_an_error(void **state)
{
	struct input input;
	int fd;

	(void)state;
	fd = open("/proc/self/exe", O_PATH); /* it has a size, and cannot be read */
	assert_int_equal(input_open(&input, fd), -1);
	assert_int_equal(errno, EBADF);
	close(fd);
}

static void a_file_that_cannot_be_measured_any_more_is_an_error(void **state)
{
	int fd = make_file(M, 0, 64 * K);
	struct extent extent;
	struct input input;

	(void)state;
	assert_int_equal(input_open(&input, fd), 0);
	measure_error = EIO;
	assert_int_equal(input_check(&input), -1);
	assert_int_equal(errno, EIO);
	assert_int_equal(input_extent(&input, 64 * K, &extent), -1);
	assert_int_equal(errno, EIO);
	close(fd);
}

static void where_nothing_is_known_of_holes_all_is_data(void **state)
{
	int fd = make_file(M, 64 * K, 64 * K);
	struct extent extent;
	struct input input;

	(void)state;
	assert_int_equal(input_open(&input, fd), 0);
	seek_error = EINVAL;
	assert_int_equal(input_extent(&input, 5, &extent), 0);
	assert_true(extent.data);
	assert_int_equal(extent.offset, 5);
	assert_int_equal(extent.length, M - 5);
	close(fd);
}

static void holes_are_told_and_the_end_of_them(void **state)
{
	int fd = make_file(M, 64 * K, 64 * K);
	struct extent extent;
	struct input input;

	(void)state;
	lseek(fd, 4096, SEEK_SET);
	assert_int_equal(input_open(&input, fd), 0);
	assert_int_equal(input_extent(&input, 0, &extent), 0);
	assert_false(extent.data);
	assert_int_equal(extent.offset + extent.length, 60 * K);
	assert_int_equal(input_extent(&input, 60 * K, &extent), 0);
	assert_true(extent.data);
	assert_int_equal(extent.offset + extent.length, 124 * K);
	assert_int_equal(input_extent(&input, 61 * K, &extent), 0);
	assert_true(extent.data);
	assert_int_equal(extent.offset + extent.length, 124 * K);
	assert_int_equal(input_extent(&input, 124 * K, &extent), 0);
	assert_false(extent.data);
	assert_int_equal(extent.offset + extent.length, M - 4096);
	close(fd);
}

static void a_file_that_shrinks_or_grows_is_noticed(void **state)
{
	int fd = make_file(M, 0, 64 * K);
	struct extent extent;
	struct input input;

	(void)state;
	assert_int_equal(input_open(&input, fd), 0);
	assert_int_equal(input_check(&input), 0);
	assert_int_equal(ftruncate(fd, 2 * M), 0);
	assert_int_equal(input_check(&input), -1);
	assert_int_equal(errno, E2BIG);
	assert_int_equal(input_extent(&input, 64 * K, &extent), 0);
	assert_int_equal(extent.offset + extent.length, M);
	assert_int_equal(ftruncate(fd, 100 * K), 0);
	assert_int_equal(input_check(&input), -1);
	assert_int_equal(errno, ENODATA);
	/* What is left of the hole is no more than there is. */
	assert_int_equal(input_extent(&input, 64 * K, &extent), 0);
	assert_int_equal(extent.offset + extent.length, 100 * K);
	assert_int_equal(input_extent(&input, 100 * K, &extent), -1);
	assert_int_equal(errno, ENODATA);
	assert_int_equal(input_extent(&input, 500 * K, &extent), -1);
	assert_int_equal(errno, ENODATA);
	close(fd);
}

static void a_byte_and_zeros_have_no_end(void **state)
{
	struct extent extent;
	struct input input;
	uint64_t count;
	char bytes[7];

	(void)state;
	assert_int_equal(input_open_byte(&input, 0xa5), 0);
	assert_int_equal(input_extent(&input, UINT64_C(1) << 40, &extent), 0);
	assert_true(extent.data);
	assert_true(extent.offset + extent.length == UINT64_MAX);
	assert_true(input_place(&input, (UINT64_C(1) << 40) + 10, &count) == 10);
	assert_in_range(count, 4096, M);
	assert_int_equal(input_read(&input, bytes, 7, (UINT64_C(1) << 40) + 3), 7);
	assert_memory_equal(bytes, "\xa5\xa5\xa5\xa5\xa5\xa5\xa5", 7);
	assert_int_equal(input_check(&input), 0);
	input_close(&input);

	input_open_zeros(&input);
	assert_int_equal(input_extent(&input, 12345, &extent), 0);
	assert_false(extent.data);
	assert_true(extent.offset + extent.length == UINT64_MAX);
	assert_int_equal(input_check(&input), 0);
	input_close(&input);
}

static void a_stream_that_is_staged_has_its_length_and_its_bytes(void **state)
{
	int fd = make_file(3 * M + 5, 700 * K, 100);
	struct input input = stream_of(fd);

	(void)state;
	read_most = 60001;
	write_most = 1000;
	assert_int_equal(stage(&input, UINT64_MAX), 0);
	assert_int_equal(input.kind, INPUT_STAGED);
	assert_int_equal(input.length, 3 * M + 5);
	assert_int_equal(byte_at(&input, 700 * K), 'x');
	assert_int_equal(byte_at(&input, 700 * K + 99), 'x');
	assert_int_equal(byte_at(&input, 700 * K - 1), 0);
	assert_int_equal(byte_at(&input, 700 * K + 100), 0);
	assert_int_equal(byte_at(&input, 3 * M + 4), 0);
	input_close(&input);
	close(fd);
}

static void zeros_take_no_memory_when_they_are_staged(void **state)
{
	const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	int fd = make_file(64 * M, 5 * M + 10, 2);
	struct input input = stream_of(fd);
	struct extent extent;

	(void)state;
	read_most = 100001;
	assert_int_equal(stage(&input, 64 * M), 0);
	assert_int_equal(memory_of(&input), page);
	assert_int_equal(input_extent(&input, 0, &extent), 0);
	assert_false(extent.data);
	assert_int_equal(extent.offset + extent.length, 5 * M);
	assert_int_equal(input_extent(&input, 5 * M + page, &extent), 0);
	assert_false(extent.data);
	assert_int_equal(extent.offset + extent.length, 64 * M);
	input_close(&input);
	close(fd);
}

static void one_byte_more_than_may_be_staged_is_too_much(void **state)
{
	static const uint64_t sizes[] = {0,	  1,	       4096, 256 * K - 1,
					 256 * K, 256 * K + 1, M};
	struct input input;
	int fd;

	(void)state;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		fd = make_file(sizes[i] + 1, sizes[i], 1);
		input = stream_of(fd);
		assert_int_equal(stage(&input, sizes[i]), -1);
		assert_int_equal(errno, E2BIG);
		assert_int_equal(lseek(fd, 0, SEEK_CUR), sizes[i] + 1);
		input_close(&input);
		lseek(fd, 1, SEEK_SET);
		input = stream_of(fd);
		assert_int_equal(stage(&input, sizes[i]), 0);
		assert_int_equal(input.length, sizes[i]);
		input_close(&input);
		close(fd);
	}
}

static void an_empty_stream_has_length_0(void **state)
{
	struct input input = stream_of(open("/dev/null", O_RDONLY));

	(void)state;
	assert_int_equal(input_stage(&input, 0), 0);
	assert_int_equal(input.kind, INPUT_STAGED);
	assert_int_equal(input.length, 0);
	input_close(&input);
}

static void a_signal_while_staging_loses_nothing(void **state)
{
	int fd = make_file(M, M - 1, 1);
	struct input input = stream_of(fd);

	(void)state;
	read_error = EINTR;
	fail_from = 3;
	read_fails_once = true;
	assert_int_equal(stage(&input, M), 0);
	assert_int_equal(input.length, M);
	assert_int_equal(byte_at(&input, M - 1), 'x');
	input_close(&input);
	close(fd);
}

static void errors_while_staging_are_told(void **state)
{
	static const char zeros[4096];
	int fd = make_file(M, 0, M);
	struct input input = stream_of(fd);

	(void)state;
	read_error = EIO;
	fail_from = 3;
	assert_int_equal(stage(&input, M), -1);
	assert_int_equal(errno, EIO);
	input_close(&input);
	reset(NULL);
	write_error = ENOSPC;
	input = stream_of(fd);
	assert_int_equal(stage(&input, M), -1);
	assert_int_equal(errno, ENOSPC);
	input_close(&input);
	/* Also of the data that ends at a page of zeros, before the buffer does. */
	assert_int_equal(syscall(SYS_pwrite64, fd, zeros, sizeof(zeros), 8192),
			 sizeof(zeros));
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	input = stream_of(fd);
	assert_int_equal(stage(&input, M), -1);
	assert_int_equal(errno, ENOSPC);
	input_close(&input);
	reset(NULL);
	memory_error = EMFILE;
	input = stream_of(fd);
	assert_int_equal(stage(&input, M), -1);
	assert_int_equal(errno, EMFILE);
	assert_int_equal(input_open_byte(&input, 'x'), -1);
	assert_int_equal(errno, EMFILE);
	input_close(&input);
	reset(NULL);
	write_error = EINTR;
	assert_int_equal(input_open_byte(&input, 'x'), 0);
	assert_int_equal(byte_at(&input, 70000), 'x');
	input_close(&input);
	close(fd);
}

static void what_is_forgotten_takes_no_memory(void **state)
{
	int fd = make_file(M, 0, M);
	struct input input = stream_of(fd);

	(void)state;
	assert_int_equal(stage(&input, M), 0);
	assert_int_equal(memory_of(&input), M);
	input_forget(&input, 0, M - 64 * K);
	assert_int_equal(memory_of(&input), 64 * K);
	assert_int_equal(byte_at(&input, M - 64 * K), 'x');
	assert_int_equal(input.length, M);
	input_close(&input);
	/* A file is not ours. */
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(input_open(&input, fd), 0);
	input_forget(&input, 0, M);
	assert_int_equal(memory_of(&input), M);
	close(fd);
}

static void a_pipe_is_made_larger(void **state)
{
	struct input input;
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(input_open(&input, ends[0]), 0);
	assert_true(fcntl(ends[0], F_GETPIPE_SZ) > 64 * K);
	close(ends[0]);
	close(ends[1]);
}

static void what_would_not_block_is_waited_for(void **state)
{
	struct input input;
	int ends[2];
	pid_t child;
	char byte;

	(void)state;
	assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
	assert_int_equal(input_open(&input, ends[0]), 0);
	child = fork();
	if (child == 0) {
		usleep(50000);
		_exit(write(ends[1], "z", 1) != 1);
	}
	close(ends[1]);
	assert_int_equal(input_receive(&input, &byte, 1), 1);
	assert_int_equal(byte, 'z');
	assert_int_equal(input_receive(&input, &byte, 1), 0);
	close(ends[0]);
	waitpid(child, NULL, 0);
}

#define TEST(name) cmocka_unit_test_setup(name, reset)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_file_is_measured_from_where_it_stands),
		TEST(it_is_left_where_who_reads_it_would_be),
		TEST(what_has_no_length_is_a_stream),
		TEST(a_size_that_is_made_up_is_not_believed),
		TEST(what_cannot_be_read_is_an_error),
		TEST(a_file_without_a_place_to_read_from_is_an_error),
		TEST(a_file_that_cannot_be_measured_any_more_is_an_error),
		TEST(where_nothing_is_known_of_holes_all_is_data),
		TEST(holes_are_told_and_the_end_of_them),
		TEST(a_file_that_shrinks_or_grows_is_noticed),
		TEST(a_byte_and_zeros_have_no_end),
		TEST(a_stream_that_is_staged_has_its_length_and_its_bytes),
		TEST(zeros_take_no_memory_when_they_are_staged),
		TEST(one_byte_more_than_may_be_staged_is_too_much),
		TEST(an_empty_stream_has_length_0),
		TEST(a_signal_while_staging_loses_nothing),
		TEST(errors_while_staging_are_told),
		TEST(what_is_forgotten_takes_no_memory),
		TEST(a_pipe_is_made_larger),
		TEST(what_would_not_block_is_waited_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

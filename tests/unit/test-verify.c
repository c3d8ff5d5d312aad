/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Segments compared with what was written there, on the real kernel. */
#include "unit.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/content.h"
#include "lib/memfile.h"
#include "lib/sysv.h"
#include "lib/verify.h"

enum { K = 1024, M = 1024 * K, SIZE = 4 * M, PAGE = 4096, OFFSET = 3 };

static int read_error; /* that pread(2) gives, from this call on */
static size_t reads, from, most;

ssize_t __wrap_pread(int fd, void *buffer, size_t size, off_t offset);
ssize_t __wrap_pread64(int fd, void *buffer, size_t size, off_t offset);

ssize_t __wrap_pread(int fd, void *buffer, size_t size, off_t offset)
{
	if (read_error && ++reads >= from) {
		errno = read_error;
		if (read_error == EINTR)
			read_error = 0;
		return -1;
	}
	if (most && size > most)
		size = most;
	return syscall(SYS_pread64, fd, buffer, size, offset);
}

/* Its name in some C libraries. */
ssize_t __wrap_pread64(int fd, void *buffer, size_t size, off_t offset)
{
	return __wrap_pread(fd, buffer, size, offset);
}

static struct stage {
	struct segment seen;
	struct content content;
	struct input input;
	int fd;
	struct verify verify;
} stage;

/* A segment that has at OFFSET a file of 3 MiB: a hole but for the second. */
static int make(bool with_file)
{
	struct fill fill = {.content = &stage.content,
			    .input = &stage.input,
			    .window = {OFFSET, 3 * M}};
	static char bytes[M];
	int id = CREATE(0, SIZE, 0600), got;

	read_error = 0;
	reads = from = most = 0;
	memset(bytes, 'x', M);
	stage.fd = memfile_open(0, 3 * M);
	assert_int_equal(pwrite(stage.fd, bytes, M, M), M);
	assert_int_equal(input_open(&stage.input, stage.fd), 0);
	assert_int_equal(sysv_stat(id, &stage.seen), 0);
	assert_int_equal(content_open(&stage.content, &stage.seen, true), 0);
	if (!with_file && stage.content.file >= 0) {
		close(stage.content.file);
		stage.content.file = -1;
	}
	do {
		got = fill_step(&fill);
	} while (got > 0);
	return got;
}

static int make_with_file(void **state)
{
	(void)state;
	return make(true);
}

static int make_without_file(void **state)
{
	(void)state;
	return make(false);
}

static int drop(void **state)
{
	(void)state;
	content_close(&stage.content);
	input_close(&stage.input);
	close(stage.fd);
	sysv_remove(stage.seen.id);
	return 0;
}

/* Compare it all. Returns the end of it. */
static int verify(void)
{
	int got, error;

	stage.verify = (struct verify){.content = &stage.content,
				       .input = &stage.input,
				       .window = {OFFSET, 3 * M}};
	do {
		got = verify_step(&stage.verify);
	} while (got > 0);
	error = errno;
	verify_close(&stage.verify);
	errno = error;
	return got;
}

static size_t pages(void)
{
	static unsigned char resident[SIZE / PAGE];
	size_t count = 0;

	assert_int_equal(mincore(stage.content.at, SIZE, resident), 0);
	for (size_t i = 0; i < COUNT(resident); i++)
		count += resident[i] & 1;
	return count;
}

static void what_was_written_is_there_and_does_not_grow(void **state)
{
	const size_t before = pages();

	(void)state;
	assert_true(before < M / PAGE + 5);
	assert_int_equal(verify(), 0);
	assert_int_equal(stage.verify.done, 3 * M);
	assert_int_equal(pages(), before);
	most = 4099;
	assert_int_equal(verify(), 0);
	verify_close(&stage.verify);
}

static void a_segment_that_cannot_be_read_is_no_fault_of_the_input(void **state)
{
	(void)state;
	if (stage.content.file >= 0)
		close(stage.content.file);
	stage.content.file = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(verify(), -1);
	assert_int_equal(errno, EISDIR);
	assert_false(stage.verify.input_failed);
}

static void the_first_byte_that_differs_is_told(void **state)
{
	static const uint64_t offsets[] = {0,	  1,	     M - 1,	M,
					   M + 1, 2 * M - 1, 2 * M + 1, 3 * M - 1};

	(void)state;
	for (size_t i = COUNT(offsets); i-- > 0;) {
		stage.content.at[OFFSET + offsets[i]] = 'z';
		assert_int_equal(verify(), -1);
		assert_int_equal(errno, EILSEQ);
		assert_false(stage.verify.input_failed);
		assert_int_equal(stage.verify.done, offsets[i]);
	}
}

static void what_is_outside_of_the_window_does_not_count(void **state)
{
	(void)state;
	stage.content.at[OFFSET - 1] = 'z';
	stage.content.at[OFFSET + 3 * M] = 'z';
	assert_int_equal(verify(), 0);
}

static void pages_that_are_huge_are_compared_as_all_others(void **state)
{
	(void)state;
	stage.content.page_size = 2 * M;
	assert_int_equal(verify(), 0);
	stage.content.at[OFFSET + 2 * M + 10] = 'z';
	assert_int_equal(verify(), -1);
	assert_int_equal(stage.verify.done, 2 * M + 10);
}

static void a_file_that_has_become_shorter_is_an_error(void **state)
{
	(void)state;
	assert_int_equal(ftruncate(stage.fd, M + 10), 0);
	assert_int_equal(verify(), -1);
	assert_int_equal(errno, ENODATA);
	assert_true(stage.verify.input_failed);
	assert_int_equal(stage.verify.done, M + 10);
}

static void errors_are_told_and_signals_are_none(void **state)
{
	(void)state;
	read_error = EIO;
	from = 3;
	assert_int_equal(verify(), -1);
	assert_int_equal(errno, EIO);
	assert_true(stage.verify.done < 3 * M);
	read_error = EINTR;
	assert_int_equal(verify(), 0);
}

#define BOTH(name)                                                   \
	cmocka_unit_test_setup_teardown(name, make_with_file, drop), \
		cmocka_unit_test_setup_teardown(name, make_without_file, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(what_was_written_is_there_and_does_not_grow),
		BOTH(a_segment_that_cannot_be_read_is_no_fault_of_the_input),
		BOTH(the_first_byte_that_differs_is_told),
		BOTH(what_is_outside_of_the_window_does_not_count),
		BOTH(pages_that_are_huge_are_compared_as_all_others),
		BOTH(a_file_that_has_become_shorter_is_an_error),
		BOTH(errors_are_told_and_signals_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

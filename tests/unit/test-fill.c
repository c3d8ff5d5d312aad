/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Windows of segments filled, on the real kernel: by the file behind them, and without. */
#include "unit.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/content.h"
#include "lib/fill.h"
#include "lib/memfile.h"
#include "lib/sysv.h"

enum { K = 1024, M = 1024 * K, SIZE = 4 * M + 100, PAGE = 4096 };

/* What a call gives instead of what it would do, and from which call on. */
struct trick {
	int error;
	size_t from, calls;
	bool once;
	size_t most; /* bytes; 0: as many as are asked for */
};

static struct trick preads, sends, removes, memories;
static void (*before_pread)(void);

static bool is_played(struct trick *trick, size_t *size)
{
	trick->calls++;
	if (trick->most && *size > trick->most)
		*size = trick->most;
	if (!trick->error || trick->calls < trick->from ||
	    (trick->once && trick->calls > trick->from))
		return false;
	errno = trick->error;
	return true;
}

ssize_t __wrap_pread(int fd, void *buffer, size_t size, off_t offset);
ssize_t __wrap_pread64(int fd, void *buffer, size_t size, off_t offset);
ssize_t __wrap_sendfile(int to, int from, off_t *offset, size_t size);
ssize_t __wrap_sendfile64(int to, int from, off_t *offset, size_t size);
int __wrap_madvise(void *at, size_t size, int advice);
int __wrap_memfd_create(const char *name, unsigned int flags);

ssize_t __wrap_pread(int fd, void *buffer, size_t size, off_t offset)
{
	if (before_pread)
		before_pread();
	if (is_played(&preads, &size))
		return -1;
	return syscall(SYS_pread64, fd, buffer, size, offset);
}

ssize_t __wrap_sendfile(int to, int from, off_t *offset, size_t size)
{
	if (is_played(&sends, &size))
		return -1;
	return syscall(SYS_sendfile, to, from, offset, size);
}

/* Their names in some C libraries. */
ssize_t __wrap_pread64(int fd, void *buffer, size_t size, off_t offset)
{
	return __wrap_pread(fd, buffer, size, offset);
}

ssize_t __wrap_sendfile64(int to, int from, off_t *offset, size_t size)
{
	return __wrap_sendfile(to, from, offset, size);
}

int __wrap_madvise(void *at, size_t size, int advice)
{
	if (advice == MADV_REMOVE && is_played(&removes, &size))
		return -1;
	return (int)syscall(SYS_madvise, at, size, advice);
}

int __wrap_memfd_create(const char *name, unsigned int flags)
{
	size_t size = 0;

	if (is_played(&memories, &size))
		return -1;
	return (int)syscall(SYS_memfd_create, name, flags);
}

/* What a test has. */
struct stage {
	struct segment seen;
	struct content content;
	struct input input;
	int fd; /* a file; -1: none */
	struct fill fill;
};

static struct stage stage;

static void open_content(bool with_file)
{
	assert_int_equal(content_open(&stage.content, &stage.seen, true), 0);
	if (!with_file && stage.content.file >= 0) {
		close(stage.content.file);
		stage.content.file = -1;
	}
}

static int make(void **state)
{
	int id = CREATE(0, SIZE, 0600);

	(void)state;
	preads = sends = removes = memories = (struct trick){0};
	before_pread = NULL;
	stage = (struct stage){.fd = -1};
	assert_true(id >= 0);
	assert_int_equal(sysv_stat(id, &stage.seen), 0);
	open_content(false);
	memset(stage.content.at, 'o', SIZE);
	content_close(&stage.content);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	content_close(&stage.content);
	input_close(&stage.input);
	if (stage.fd >= 0)
		close(stage.fd);
	sysv_remove(stage.seen.id);
	return 0;
}

static int make_with_file(void **state)
{
	make(state);
	open_content(true);
	return 0;
}

static int make_without_file(void **state)
{
	make(state);
	open_content(false);
	return 0;
}

/* The byte of a test's file at this offset. */
static char pattern(uint64_t offset)
{
	return (char)('a' + offset % 23);
}

/* Have a file of this size with that pattern, as the input. */
static void use_file(uint64_t size)
{
	char *bytes = malloc(size + 1);

	for (uint64_t i = 0; i < size; i++)
		bytes[i] = pattern(i);
	stage.fd = memfile_open(0, 0);
	assert_int_equal(write(stage.fd, bytes, size), size);
	free(bytes);
	lseek(stage.fd, 0, SEEK_SET);
	assert_int_equal(input_open(&stage.input, stage.fd), 0);
}

/* Fill so much from this offset on. Returns the end of it. */
static int fill(uint64_t offset, uint64_t length)
{
	int got;

	stage.fill = (struct fill){.content = &stage.content,
				   .input = &stage.input,
				   .window = {offset, length}};
	do {
		got = fill_step(&stage.fill);
	} while (got > 0);
	return got;
}

/* Whether these bytes are all the same one. */
static bool is_all(uint64_t from, uint64_t to, char byte)
{
	for (uint64_t i = from; i < to; i++)
		if (stage.content.at[i] != byte)
			return false;
	return true;
}

/* Whether the file is from this offset on, so much of it, and the rest as it was. */
static bool is_filled(uint64_t offset, uint64_t length)
{
	for (uint64_t i = 0; i < length; i++)
		if (stage.content.at[offset + i] != pattern(i))
			return false;
	return is_all(0, offset, 'o') && is_all(offset + length, SIZE, 'o');
}

/* How many pages the segment has. */
static size_t pages(void)
{
	static unsigned char resident[SIZE / PAGE + 1];
	size_t count = 0;

	assert_int_equal(mincore(stage.content.at, SIZE, resident), 0);
	for (size_t i = 0; i < COUNT(resident); i++)
		count += resident[i] & 1;
	return count;
}

static void a_window_is_inside_or_refused(void **state)
{
	static const struct {
		struct window window;
		uint64_t length; /* fitted into 100; UINT64_MAX: refused */
	} cases[] = {
		{{0, WINDOW_REST}, 100},
		{{0, 100}, 100},
		{{100, WINDOW_REST}, 0},
		{{100, 0}, 0},
		{{40, 60}, 60},
		{{40, WINDOW_REST}, 60},
		{{99, 1}, 1},
		{{0, 101}, UINT64_MAX},
		{{101, WINDOW_REST}, UINT64_MAX},
		{{101, 0}, UINT64_MAX},
		{{40, 61}, UINT64_MAX},
		{{40, UINT64_MAX - 1}, UINT64_MAX},
		{{UINT64_MAX, 2}, UINT64_MAX},
		{{UINT64_MAX, WINDOW_REST}, UINT64_MAX},
		{{1, UINT64_MAX - 1}, UINT64_MAX},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct window window = cases[i].window;

		errno = 0;
		if (window_fit(&window, 100))
			assert_int_equal(errno, ERANGE);
		else
			assert_int_equal(window.length, cases[i].length);
		assert_int_equal(errno == ERANGE, cases[i].length == UINT64_MAX);
	}
}

static void a_file_arrives_in_its_window_and_nowhere_else(void **state)
{
	static const uint64_t offsets[] = {0, 1, PAGE, 5000, SIZE - 3 * M - 17};

	(void)state;
	use_file(3 * M + 17);
	for (size_t i = 0; i < COUNT(offsets); i++) {
		memset(stage.content.at, 'o', SIZE);
		assert_int_equal(fill(offsets[i], 3 * M + 17), 0);
		assert_int_equal(stage.fill.done, 3 * M + 17);
		assert_true(is_filled(offsets[i], 3 * M + 17));
	}
}

static void the_file_behind_it_is_what_is_written_to(void **state)
{
	(void)state;
	if (stage.content.file < 0)
		skip();
	use_file(3 * M);
	assert_int_equal(fill(0, 3 * M), 0);
	assert_true(sends.calls > 0);
	assert_int_equal(preads.calls, 0);
}

static void what_cannot_be_sent_is_read_into_the_mapping(void **state)
{
	static const int errors[] = {EINVAL, EIO, EFBIG, ENOSPC, ENOMEM, EOPNOTSUPP};

	(void)state;
	if (stage.content.file < 0)
		skip();
	use_file(3 * M);
	for (size_t i = 0; i < COUNT(errors); i++) {
		memset(stage.content.at, 'o', SIZE);
		sends = (struct trick){.error = errors[i], .from = 2};
		assert_int_equal(fill(100, 3 * M), 0);
		assert_int_equal(sends.calls, 2);
		assert_true(is_filled(100, 3 * M));
	}
}

static void a_signal_or_less_than_asked_for_is_no_end(void **state)
{
	(void)state;
	use_file(3 * M);
	preads = sends = (struct trick){
		.error = EINTR, .from = 2, .once = true, .most = 10007};
	assert_int_equal(fill(100, 3 * M), 0);
	assert_true(is_filled(100, 3 * M));
	assert_true(sends.calls > 300 || preads.calls > 300);
}

static void an_error_of_the_input_says_how_far_it_got(void **state)
{
	(void)state;
	use_file(3 * M);
	sends = (struct trick){.error = EIO, .from = 2};
	preads = (struct trick){.error = EIO, .from = 3};
	assert_int_equal(fill(100, 3 * M), -1);
	assert_int_equal(errno, EIO);
	assert_true(stage.fill.input_failed);
	assert_in_range(stage.fill.done, 1, 3 * M - 1);
	assert_true(is_filled(100, stage.fill.done));
}

static void no_memory_for_a_page_is_an_error_and_no_signal(void **state)
{
	(void)state;
	use_file(3 * M);
	sends.error = ENOMEM;
	preads = (struct trick){.error = EFAULT, .from = 3};
	assert_int_equal(fill(0, 3 * M), -1);
	assert_int_equal(errno, EFAULT);
	assert_false(stage.fill.input_failed);
	assert_true(is_filled(0, stage.fill.done));
}

static void shrink(void)
{
	if (preads.calls == 1)
		assert_int_equal(ftruncate(stage.fd, M), 0);
}

static void a_file_that_shrinks_meanwhile_is_an_error(void **state)
{
	(void)state;
	use_file(3 * M);
	sends.error = EINVAL;
	before_pread = shrink;
	assert_int_equal(fill(7, 3 * M), -1);
	assert_int_equal(errno, ENODATA);
	assert_true(stage.fill.input_failed);
	assert_int_equal(stage.fill.done, M);
	assert_true(is_filled(7, M));
}

static void a_file_that_has_shrunk_before_is_an_error(void **state)
{
	(void)state;
	use_file(3 * M);
	assert_int_equal(ftruncate(stage.fd, M + 5), 0);
	assert_int_equal(fill(7, 3 * M), -1);
	assert_int_equal(errno, ENODATA);
	assert_int_equal(stage.fill.done, M + 5);
	assert_true(is_filled(7, M + 5));
}

static void a_file_that_grows_meanwhile_is_an_error_after_what_was_measured(void **state)
{
	(void)state;
	use_file(3 * M);
	assert_int_equal(ftruncate(stage.fd, 3 * M + 1), 0);
	assert_int_equal(fill(7, 3 * M), -1);
	assert_int_equal(errno, E2BIG);
	assert_true(stage.fill.input_failed);
	assert_int_equal(stage.fill.done, 3 * M);
	assert_true(is_filled(7, 3 * M));
}

static void a_byte_fills_any_window(void **state)
{
	(void)state;
	assert_int_equal(input_open_byte(&stage.input, 0xff), 0);
	assert_int_equal(fill(PAGE - 1, 2 * M + 2), 0);
	assert_true(is_all(PAGE - 1, PAGE + 2 * M + 1, (char)0xff));
	assert_true(is_all(0, PAGE - 1, 'o'));
	assert_true(is_all(PAGE + 2 * M + 1, SIZE, 'o'));
	assert_int_equal(fill(SIZE, 0), 0);
}

static void zeros_give_whole_pages_back_and_leave_the_rest(void **state)
{
	const size_t before = pages();

	(void)state;
	input_open_zeros(&stage.input);
	assert_int_equal(fill(PAGE + 1, 2 * M), 0);
	/* One is begun and one ended by other bytes. */
	assert_int_equal(pages(), before - (2 * M / PAGE - 1));
	assert_true(is_all(PAGE + 1, PAGE + 1 + 2 * M, 0));
	assert_true(is_all(0, PAGE + 1, 'o'));
	assert_true(is_all(PAGE + 1 + 2 * M, SIZE, 'o'));
	assert_int_equal(fill(0, SIZE), 0);
	assert_true(pages() <= 1 || removes.calls == 0);
}

static void zeros_within_a_page_leave_their_neighbours(void **state)
{
	(void)state;
	input_open_zeros(&stage.input);
	assert_int_equal(fill(10, 20), 0);
	assert_true(is_all(10, 30, 0) && is_all(0, 10, 'o') && is_all(30, SIZE, 'o'));
	assert_int_equal(removes.calls, 0);
}

static void where_pages_cannot_be_given_back_they_are_zeroed(void **state)
{
	const size_t before = pages();

	(void)state;
	input_open_zeros(&stage.input);
	removes.error = EINVAL;
	assert_int_equal(fill(100, 3 * M), 0);
	assert_int_equal(removes.calls, 1);
	assert_int_equal(pages(), before);
	assert_true(is_all(100, 3 * M + 100, 0) && is_all(0, 100, 'o'));
	/* As huge pages. */
	memset(stage.content.at, 'o', SIZE);
	removes = (struct trick){0};
	stage.content.page_size = 2 * M;
	assert_int_equal(fill(0, SIZE), 0);
	assert_int_equal(removes.calls, 0);
	assert_true(is_all(0, SIZE, 0));
}

static void zeros_that_cannot_be_put_are_an_error(void **state)
{
	(void)state;
	input_open_zeros(&stage.input);
	preads.error = EFAULT;
	assert_int_equal(fill(1, 3 * M), -1);
	assert_int_equal(errno, EFAULT);
	assert_false(stage.fill.input_failed);
	assert_int_equal(stage.fill.done, 0);
	memories.error = EMFILE;
	assert_int_equal(fill(1, 3 * M), -1);
	assert_int_equal(errno, EMFILE);
	assert_false(stage.fill.input_failed);
}

/* Two pages of data in a hole of 3 MiB, the first byte of each told. */
static void holes_of_a_file_become_holes(void **state)
{
	const size_t before = pages();

	(void)state;
	stage.fd = memfile_open(0, 3 * M);
	assert_int_equal(pwrite(stage.fd, "x", 1, M), 1);
	assert_int_equal(pwrite(stage.fd, "y", 1, 2 * M), 1);
	assert_int_equal(input_open(&stage.input, stage.fd), 0);
	assert_int_equal(fill(PAGE, 3 * M), 0);
	assert_int_equal(pages(), before - 3 * M / PAGE + 2);
	assert_int_equal(stage.content.at[PAGE + M], 'x');
	assert_int_equal(stage.content.at[PAGE + 2 * M], 'y');
	assert_true(is_all(0, PAGE, 'o') && is_all(PAGE, PAGE + M, 0));
	assert_true(is_all(PAGE + 2 * M + 1, PAGE + 3 * M, 0));
	assert_true(is_all(PAGE + 3 * M, SIZE, 'o'));
}

/* The file is read as a stream. */
static void use_stream(uint64_t size)
{
	use_file(size);
	stage.input.kind = INPUT_STREAM;
	stage.input.length = INPUT_UNKNOWN;
}

static void what_was_staged_is_forgotten_only_if_that_is_asked_for(void **state)
{
	char byte;

	(void)state;
	use_stream(3 * M);
	while (input_stage(&stage.input, SIZE) > 0)
		;
	assert_int_equal(fill(7, 3 * M), 0);
	assert_true(is_filled(7, 3 * M));
	assert_int_equal(input_read(&stage.input, &byte, 1, M), 1);
	assert_int_equal(byte, pattern(M));
	stage.fill = (struct fill){.content = &stage.content,
				   .input = &stage.input,
				   .window = {7, 3 * M},
				   .forgets = true};
	while (fill_step(&stage.fill) > 0)
		;
	assert_true(is_filled(7, 3 * M));
	assert_int_equal(input_read(&stage.input, &byte, 1, M), 1);
	assert_int_equal(byte, 0);
}

static void a_stream_ends_where_it_ends(void **state)
{
	(void)state;
	use_stream(3 * M);
	assert_int_equal(fill(7, SIZE - 7), 0);
	assert_int_equal(stage.fill.done, 3 * M);
	assert_true(is_filled(7, 3 * M));
}

static void a_stream_that_is_too_long_fills_the_window_alone(void **state)
{
	(void)state;
	use_stream(3 * M);
	assert_int_equal(fill(7, 3 * M), 0);
	assert_int_equal(lseek(stage.fd, 0, SEEK_SET), 0);
	assert_int_equal(fill(7, 3 * M - 1), -1);
	assert_int_equal(errno, E2BIG);
	assert_true(stage.fill.input_failed);
	assert_int_equal(stage.fill.done, 3 * M - 1);
	assert_int_equal(stage.content.at[7 + 3 * M], 'o');
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_with_file, drop)
#define BOTH(name) \
	TEST(name), cmocka_unit_test_setup_teardown(name, make_without_file, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_window_is_inside_or_refused),
		BOTH(a_file_arrives_in_its_window_and_nowhere_else),
		TEST(the_file_behind_it_is_what_is_written_to),
		TEST(what_cannot_be_sent_is_read_into_the_mapping),
		BOTH(a_signal_or_less_than_asked_for_is_no_end),
		BOTH(an_error_of_the_input_says_how_far_it_got),
		BOTH(no_memory_for_a_page_is_an_error_and_no_signal),
		BOTH(a_file_that_shrinks_meanwhile_is_an_error),
		BOTH(a_file_that_has_shrunk_before_is_an_error),
		BOTH(a_file_that_grows_meanwhile_is_an_error_after_what_was_measured),
		BOTH(a_byte_fills_any_window),
		BOTH(zeros_give_whole_pages_back_and_leave_the_rest),
		BOTH(zeros_within_a_page_leave_their_neighbours),
		BOTH(where_pages_cannot_be_given_back_they_are_zeroed),
		BOTH(zeros_that_cannot_be_put_are_an_error),
		BOTH(holes_of_a_file_become_holes),
		BOTH(what_was_staged_is_forgotten_only_if_that_is_asked_for),
		BOTH(a_stream_ends_where_it_ends),
		BOTH(a_stream_that_is_too_long_fills_the_window_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

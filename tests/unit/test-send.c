/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Extents, and what is sent of them, by each way that there is, on the real kernel. */
#include "unit.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "lib/content.h"
#include "lib/extent.h"
#include "lib/send.h"
#include "lib/sysv.h"

/* 300 MiB and a bit: more than is looked at in one go, and no whole page at the end. */
#define SIZE ((uint64_t)300 * 1048576 + 1234)

static int seek_error, skip_error, write_error, splice_error, vmsplice_error;
static size_t write_most;

off_t __real_lseek64(int fd, off_t offset, int whence);
off_t __wrap_lseek64(int fd, off_t offset, int whence);
ssize_t __real_write(int fd, const void *bytes, size_t length);
ssize_t __wrap_write(int fd, const void *bytes, size_t length);
ssize_t __real_splice(int in, loff_t *from, int out, loff_t *to, size_t length,
		      unsigned int flags);
ssize_t __wrap_splice(int in, loff_t *from, int out, loff_t *to, size_t length,
		      unsigned int flags);
ssize_t __real_vmsplice(int fd, const struct iovec *parts, size_t count,
			unsigned int flags);
ssize_t __wrap_vmsplice(int fd, const struct iovec *parts, size_t count,
			unsigned int flags);

static int refuse(int error)
{
	errno = error;
	return -1;
}

off_t __wrap_lseek64(int fd, off_t offset, int whence)
{
	if (seek_error && (whence == SEEK_DATA || whence == SEEK_HOLE))
		return refuse(seek_error);
	if (skip_error && whence == SEEK_CUR)
		return refuse(skip_error);
	return __real_lseek64(fd, offset, whence);
}

ssize_t __wrap_write(int fd, const void *bytes, size_t length)
{
	int error = write_error;

	write_error = 0;
	if (error)
		return refuse(error);
	return __real_write(fd, bytes,
			    write_most && length > write_most ? write_most : length);
}

ssize_t __wrap_splice(int in, loff_t *from, int out, loff_t *to, size_t length,
		      unsigned int flags)
{
	int error = splice_error;

	if (error == EINTR)
		splice_error = 0;
	return error ? refuse(error) : __real_splice(in, from, out, to, length, flags);
}

ssize_t __wrap_vmsplice(int fd, const struct iovec *parts, size_t count,
			unsigned int flags)
{
	return vmsplice_error ? refuse(vmsplice_error)
			      : __real_vmsplice(fd, parts, count, flags);
}

static struct content content;

/* Data at 5000, in the two pages before 200 MiB and in the last page. */
static int make(void **state)
{
	struct segment seen;
	int id = CREATE(0, SIZE, 0600);

	(void)state;
	seek_error = skip_error = write_error = splice_error = vmsplice_error = 0;
	write_most = 0;
	assert_true(id >= 0 && sysv_stat(id, &seen) == 0);
	assert_int_equal(content_open(&content, &seen, true), 0);
	memset(content.at + 5000, 'a', 10);
	memset(content.at + 200 * 1048576 - 8192, 'b', 8192);
	content.at[SIZE - 1] = 'c';
	return 0;
}

static int drop(void **state)
{
	(void)state;
	sysv_remove(content.segment.id);
	content_close(&content);
	return 0;
}

/* Go on as somebody who may not open the file behind it. */
static void lose_file(void)
{
	if (content.file >= 0)
		close(content.file);
	content.file = -1;
}

static uint64_t rss(void)
{
	struct segment now = {0};
	char line[256];
	unsigned long long bytes = 0;
	FILE *file = fopen("/proc/sysvipc/shm", "r");

	assert_non_null(file);
	while (fgets(line, sizeof(line), file))
		if (sscanf(line,
			   "%*d %d %*o %*u %*d %*d %*u %*u %*u %*u %*u %*d %*d %*d %llu",
			   &now.id, &bytes) == 2 &&
		    now.id == content.segment.id)
			break;
	fclose(file);
	return bytes;
}

static void assert_extents(void)
{
	static struct extents extents;
	struct extent extent;
	uint64_t next = 1000, data = 0;

	extents_begin(&extents, &content, next, SIZE - next);
	while (extents_next(&extents, &extent)) {
		assert_int_equal(extent.offset, next);
		assert_true(extent.length > 0);
		next += extent.length;
		data += extent.data ? extent.length : 0;
	}
	assert_int_equal(next, SIZE);
	/* The first page with data, the two, and what is there of the last one. */
	assert_int_equal(data, 4096 + 8192 + SIZE % 4096);
	assert_int_equal(rss(), 4 * 4096);
}

static void extents_are_in_order_and_whole_with_and_without_the_file(void **state)
{
	(void)state;
	assert_extents();
	lose_file();
	assert_extents();
}

static void a_file_that_knows_no_holes_is_all_data(void **state)
{
	static struct extents extents;
	struct extent extent;

	(void)state;
	if (content.file < 0)
		skip(); /* it takes CAP_CHECKPOINT_RESTORE */
	seek_error = EINVAL;
	extents_begin(&extents, &content, 10, 20);
	assert_true(extents_next(&extents, &extent));
	assert_true(extent.data);
	assert_int_equal(extent.length, 20);
	assert_false(extents_next(&extents, &extent));
}

static void nothing_has_no_extents(void **state)
{
	static struct extents extents;
	struct extent extent;

	(void)state;
	extents_begin(&extents, &content, SIZE, 0);
	assert_false(extents_next(&extents, &extent));
}

struct sink {
	int from;
	uint64_t received, different;
};

static char expected(uint64_t offset)
{
	if (offset >= 5000 && offset < 5010)
		return 'a';
	if (offset >= 200 * 1048576 - 8192 && offset < 200 * 1048576)
		return 'b';
	return offset == SIZE - 1 ? 'c' : 0;
}

static void compare(struct sink *sink, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		sink->different += bytes[i] != expected(sink->received + i);
	sink->received += length;
}

static void *receive(void *argument)
{
	static char buffer[1 << 20];
	struct sink *sink = argument;
	ssize_t got;

	while ((got = read(sink->from, buffer, sizeof(buffer))) > 0)
		compare(sink, buffer, (size_t)got);
	return NULL;
}

/* Send all of it, in steps; returns what the last of them did. */
static int64_t send_all(struct sending *sending)
{
	uint64_t sent = 0;
	int64_t done;

	assert_int_equal(send_begin(sending, &content, 0, SIZE), 0);
	while ((done = send_step(sending)) > 0)
		sent += (uint64_t)done;
	if (done == 0) {
		assert_int_equal(sent, SIZE);
		assert_int_equal(send_finish(sending), 0);
	}
	send_end(sending);
	return done;
}

/* All of it arrives through a pipe whose end for writing has these flags. */
static void assert_through(int flags, bool copy)
{
	static struct sending sending;
	struct sink sink = {0};
	pthread_t thread;
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(fcntl(ends[1], F_SETFL, flags), 0);
	sink.from = ends[0];
	assert_int_equal(pthread_create(&thread, NULL, receive, &sink), 0);
	sending = (struct sending){.to = ends[1], .copy = copy};
	assert_int_equal(send_all(&sending), 0);
	close(ends[1]);
	pthread_join(thread, NULL);
	close(ends[0]);
	assert_int_equal(sink.received, SIZE);
	assert_int_equal(sink.different, 0);
	assert_int_equal(rss(), 4 * 4096);
}

static void assert_through_pipe(bool copy)
{
	assert_through(0, copy);
}

static void a_pipe_gets_every_byte_and_the_segment_does_not_grow(void **state)
{
	(void)state;
	assert_through_pipe(false);
	assert_through_pipe(true);
	lose_file();
	assert_through_pipe(false);
	assert_through_pipe(true);
}

static void what_cannot_be_spliced_is_sent_otherwise(void **state)
{
	(void)state;
	splice_error = EINVAL;
	assert_through_pipe(false);
	splice_error = EINTR;
	assert_through_pipe(false);
	/* As a sandbox forbids them, or a kernel does not have them. */
	splice_error = EPERM;
	vmsplice_error = ENOSYS;
	assert_through_pipe(false);
	lose_file();
	assert_through_pipe(false);
}

static void a_file_gets_every_byte_and_its_holes_if_it_is_sparse(void **state)
{
	static struct sending sending;
	static char buffer[1 << 20];

	(void)state;
	for (int sparse = 0; sparse < 2; sparse++) {
		int file = memfd_create("test", 0);
		struct sink sink = {0};
		struct stat stat;
		ssize_t got;

		write_most = 65537;
		sending = (struct sending){.to = file, .sparse = sparse};
		assert_int_equal(send_all(&sending), 0);
		assert_int_equal(fstat(file, &stat), 0);
		assert_int_equal(stat.st_size, SIZE);
		if (sparse)
			assert_true(stat.st_blocks * 512 <= 5 * 4096);
		assert_int_equal(lseek(file, 0, SEEK_SET), 0);
		while ((got = read(file, buffer, sizeof(buffer))) > 0)
			compare(&sink, buffer, (size_t)got);
		assert_int_equal(sink.received, SIZE);
		assert_int_equal(sink.different, 0);
		close(file);
		lose_file();
	}
}

/* With --copy, what is in the pipe is what was there when it was read. */
static void copies_do_not_change_in_the_pipe_and_pages_do(void **state)
{
	static struct sending sending;

	(void)state;
	for (int copy = 0; copy < 2; copy++) {
		char byte = 0;
		int ends[2];

		assert_int_equal(pipe(ends), 0);
		content.at[5000] = 'a';
		sending = (struct sending){.to = ends[1], .copy = copy};
		assert_int_equal(send_begin(&sending, &content, 5000, 1), 0);
		assert_int_equal(send_step(&sending), 1);
		content.at[5000] = 'z';
		assert_int_equal(read(ends[0], &byte, 1), 1);
		assert_int_equal(byte, copy ? 'a' : 'z');
		assert_int_equal(send_step(&sending), 0);
		send_end(&sending);
		close(ends[0]);
		close(ends[1]);
	}
}

static void a_call_that_is_interrupted_is_made_again(void **state)
{
	static struct sending sending;

	(void)state;
	sending = (struct sending){.to = memfd_create("test", 0), .sparse = true};
	write_error = EINTR;
	assert_int_equal(send_all(&sending), 0);
	close(sending.to);
}

static void a_pipe_that_does_not_block_is_waited_for(void **state)
{
	(void)state;
	assert_through(O_NONBLOCK, false);
	assert_through(O_NONBLOCK, true);
}

static void a_write_that_fails_ends_it(void **state)
{
	static struct sending sending;

	(void)state;
	sending = (struct sending){.to = memfd_create("test", 0), .sparse = true};
	write_error = ENOSPC;
	assert_int_equal(send_all(&sending), -1);
	close(sending.to);
	sending = (struct sending){.to = -1, .copy = true};
	assert_int_equal(send_all(&sending), -1);
	assert_int_equal(errno, EBADF);
	assert_false(sending.unread);
}

static void a_read_that_fails_is_told_from_a_write(void **state)
{
	static struct sending sending;
	char *at = content.at;
	int ends[2];

	(void)state;
	lose_file();
	assert_int_equal(pipe(ends), 0);
	/* As a file of a segment whose swap cannot be read. */
	content.at = NULL;
	content.file = ends[0];
	sending = (struct sending){.to = memfd_create("test", 0), .copy = true};
	assert_int_equal(send_all(&sending), -1);
	assert_int_equal(errno, ESPIPE);
	assert_true(sending.unread);
	content.at = at;
	lose_file();
	close(sending.to);
	close(ends[1]);
}

static void a_hole_beyond_what_a_file_can_have_makes_it_too_large(void **state)
{
	static struct sending sending;

	(void)state;
	sending = (struct sending){.to = memfd_create("test", 0), .sparse = true};
	skip_error = EINVAL;
	assert_int_equal(send_all(&sending), -1);
	assert_int_equal(errno, EFBIG);
	close(sending.to);
}

static void nobody_to_read_is_an_error(void **state)
{
	static struct sending sending;
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	close(ends[0]);
	for (int copy = 0; copy < 2; copy++) {
		sending = (struct sending){.to = ends[1], .copy = copy};
		assert_int_equal(send_all(&sending), -1);
		assert_int_equal(errno, EPIPE);
	}
	close(ends[1]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(extents_are_in_order_and_whole_with_and_without_the_file),
		TEST(a_file_that_knows_no_holes_is_all_data),
		TEST(nothing_has_no_extents),
		TEST(a_pipe_gets_every_byte_and_the_segment_does_not_grow),
		TEST(what_cannot_be_spliced_is_sent_otherwise),
		TEST(a_file_gets_every_byte_and_its_holes_if_it_is_sparse),
		TEST(copies_do_not_change_in_the_pipe_and_pages_do),
		TEST(a_call_that_is_interrupted_is_made_again),
		TEST(a_pipe_that_does_not_block_is_waited_for),
		TEST(a_write_that_fails_ends_it),
		TEST(a_read_that_fails_is_told_from_a_write),
		TEST(a_hole_beyond_what_a_file_can_have_makes_it_too_large),
		TEST(nobody_to_read_is_an_error),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

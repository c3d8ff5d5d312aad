/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The same as hexdump(1) prints, in whatever pieces it comes. */
#include "unit.h"

#include <inttypes.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "hexdump.h"

#define MAX 4096 /* bytes that are dumped in pieces */

static struct hexdump dump;
static char *text; /* what was dumped */
static size_t length;

static void begin(uint64_t offset)
{
	FILE *file = open_memstream(&text, &length);

	assert_non_null(file);
	hexdump_begin(&dump, offset, file);
}

static void end(void)
{
	hexdump_end(&dump);
	fclose(dump.file);
}

static void expect(const char *expected)
{
	end();
	assert_string_equal(text, expected);
	free(text);
}

static void nothing_is_nothing(void **state)
{
	(void)state;
	begin(16);
	hexdump_feed(&dump, "", 0);
	hexdump_zeros(&dump, 0);
	expect("");
}

static void a_line_has_offset_bytes_and_text(void **state)
{
	(void)state;
	begin(0);
	hexdump_feed(&dump,
		     "\x7f"
		     "ELF \x1f~\x80 0123456789",
		     19);
	expect("00000000  7f 45 4c 46 20 1f 7e 80  20 30 31 32 33 34 35 36  |.ELF .~. 0123456|\n"
	       "00000010  37 38 39                                          |789|\n"
	       "00000013\n");
}

static void lines_that_are_the_same_are_folded(void **state)
{
	(void)state;
	begin(0x20);
	for (int i = 0; i < 4; i++)
		hexdump_feed(&dump, "abcdefghijklmnop", 16);
	hexdump_feed(&dump, "abc", 3);
	expect("00000020  61 62 63 64 65 66 67 68  69 6a 6b 6c 6d 6e 6f 70  |abcdefghijklmnop|\n"
	       "*\n"
	       "00000060  61 62 63                                          |abc|\n"
	       "00000063\n");
}

static void zeros_begin_and_end_within_lines(void **state)
{
	(void)state;
	begin(0);
	hexdump_feed(&dump, "a", 1);
	hexdump_zeros(&dump, 16 * 5 + 1);
	hexdump_feed(&dump, "b", 1);
	expect("00000000  61 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |a...............|\n"
	       "00000010  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|\n"
	       "*\n"
	       "00000050  00 00 62                                          |..b|\n"
	       "00000053\n");
}

static void offsets_grow_beyond_eight_digits(void **state)
{
	(void)state;
	begin(0xfffffff0);
	hexdump_feed(&dump, "0123456789abcdef0123456789abcdeX", 32);
	expect("fffffff0  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|\n"
	       "100000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 58  |0123456789abcdeX|\n"
	       "100000010\n");
	begin(UINT64_MAX - 1);
	hexdump_feed(&dump, "a", 1);
	expect("fffffffffffffffe  61                                                |a|\n"
	       "ffffffffffffffff\n");
}

static void holes_take_no_time(void **state)
{
	const clock_t begun = clock();

	(void)state;
	for (int i = 0; i < 1000; i++) {
		begin(0);
		hexdump_zeros(&dump, (64ull << 30) + 5);
		expect("00000000  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|\n"
		       "*\n"
		       "1000000000  00 00 00 00 00                                    |.....|\n"
		       "1000000005\n");
	}
	assert_true(clock() - begun < CLOCKS_PER_SEC);
}

/* Random, but with lines that are the same, zeros and texts. */
static size_t make_bytes(unsigned char *bytes)
{
	const size_t count = (size_t)rand() % MAX;
	size_t i = 0;

	while (i < count) {
		const size_t run = (size_t)rand() % 100;
		const int kind = rand() % 4;

		for (size_t end_of_run = i + run; i < end_of_run && i < count; i++)
			bytes[i] = (unsigned char)(kind == 0   ? 0
						   : kind == 1 ? rand()
						   : kind == 2 ? ' ' + rand() % 95
							       : (int)(i % 16) + 'a');
	}
	return count;
}

/* Fed in pieces; what is zero as zeros, or not. */
static void dump_in_pieces(const unsigned char *bytes, size_t count)
{
	size_t piece, zeros;

	for (size_t i = 0; i < count; i += piece) {
		piece = (size_t)rand() % 70 + 1;
		piece = piece < count - i ? piece : count - i;
		for (zeros = 0; zeros < piece && bytes[i + zeros] == 0; zeros++)
			;
		if (zeros && rand() % 2)
			hexdump_zeros(&dump, piece = zeros);
		else
			hexdump_feed(&dump, bytes + i, piece);
	}
}

static bool is_there(void)
{
	/* Busybox has one of its own. */
	return system("hexdump --version 2>&1 | grep -q util-linux") == 0;
}

/* What hexdump(1) prints of the bytes at this offset of a file; to be freed. */
static char *real_dump(const unsigned char *bytes, size_t count, uint64_t offset)
{
	char *result = calloc(1, MAX * 8), command[100];
	FILE *file = tmpfile(), *pipe;

	assert_int_equal(fseeko(file, (off_t)offset, SEEK_SET), 0);
	assert_int_equal(fwrite(bytes, 1, count, file), count);
	assert_int_equal(fflush(file), 0);
	snprintf(command, sizeof(command),
		 "exec hexdump -C -s %" PRIu64 " /proc/%ld/fd/%d", offset, (long)getpid(),
		 fileno(file));
	pipe = popen(command, "r");
	assert_true(fread(result, 1, MAX * 8 - 1, pipe) > 0);
	assert_int_equal(pclose(pipe), 0);
	fclose(file);
	return result;
}

static void it_is_what_hexdump_prints(void **state)
{
	static const uint64_t offsets[] = {0, 16, 7, 0xffffffe0, 0x123456789a};
	unsigned char bytes[MAX];
	char *expected;

	(void)state;
	if (!is_there())
		skip();
	srand(1);
	for (int i = 0; i < 100; i++) {
		const uint64_t offset = offsets[(size_t)i % COUNT(offsets)];
		const size_t count = make_bytes(bytes);

		if (count == 0)
			continue;
		expected = real_dump(bytes, count, offset);
		begin(offset);
		dump_in_pieces(bytes, count);
		expect(expected);
		free(expected);
	}
}

static void what_cannot_be_written_is_known_to_the_file(void **state)
{
	FILE *full = fopen("/dev/full", "w");

	(void)state;
	assert_non_null(full);
	hexdump_begin(&dump, 0, full);
	hexdump_feed(&dump, "x", 1);
	hexdump_end(&dump);
	fflush(full);
	assert_true(ferror(full));
	fclose(full);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_nothing),
		cmocka_unit_test(a_line_has_offset_bytes_and_text),
		cmocka_unit_test(lines_that_are_the_same_are_folded),
		cmocka_unit_test(zeros_begin_and_end_within_lines),
		cmocka_unit_test(offsets_grow_beyond_eight_digits),
		cmocka_unit_test(holes_take_no_time),
		cmocka_unit_test(it_is_what_hexdump_prints),
		cmocka_unit_test(what_cannot_be_written_is_known_to_the_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

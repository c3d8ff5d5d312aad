/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The same as strings(1) prints, in whatever pieces it comes. */
#include "unit.h"

#include <stdlib.h>
#include <unistd.h>

#include "texts.h"

#define MAX 4096 /* bytes that are fed in pieces */

static struct texts texts;
static char *text; /* what was printed */
static size_t length;

static void begin(uint64_t offset, bool offsets)
{
	FILE *file = open_memstream(&text, &length);

	assert_non_null(file);
	texts_begin(&texts, offset, file, offsets);
}

static void expect(const char *expected)
{
	texts_end(&texts);
	fclose(texts.file);
	assert_string_equal(text, expected);
	free(text);
}

static void feed(const char *bytes)
{
	texts_feed(&texts, bytes, strlen(bytes));
}

static void a_text_has_at_least_four_characters(void **state)
{
	(void)state;
	begin(0, false);
	feed("abc\nabcd\nabcde\r\x01\x7f\x80 ~\t~\x1f"
	     "ab\n");
	expect("abcd\nabcde\n ~\t~\n");
}

static void nothing_is_nothing(void **state)
{
	(void)state;
	begin(0, true);
	feed("");
	texts_zeros(&texts, 0);
	feed("abc");
	expect("");
}

static void the_last_text_needs_no_end(void **state)
{
	(void)state;
	begin(0, false);
	feed("\nabcd");
	expect("abcd\n");
}

static void a_text_crosses_pieces(void **state)
{
	(void)state;
	begin(0, true);
	feed("\n\na");
	feed("b");
	feed("c");
	feed("d");
	feed("");
	feed("e");
	texts_zeros(&texts, 0);
	feed("fg\nhij");
	feed("\nklm");
	feed("n");
	expect("      2 abcdefg\n      e klmn\n");
}

static void zeros_end_it(void **state)
{
	(void)state;
	begin(0x1000, true);
	feed("abcd");
	texts_zeros(&texts, 1);
	feed("ab");
	texts_zeros(&texts, 64ull << 30);
	feed("cdefg");
	expect("   1000 abcd\n1000001007 cdefg\n");
}

static void a_text_may_have_any_length(void **state)
{
	char piece[1000];

	(void)state;
	memset(piece, 'x', sizeof(piece));
	begin(0, false);
	for (int i = 0; i < 1000; i++)
		texts_feed(&texts, piece, sizeof(piece));
	texts_end(&texts);
	fclose(texts.file);
	assert_int_equal(length, 1000 * 1000 + 1);
	assert_int_equal(strspn(text, "x"), 1000 * 1000);
	free(text);
}

/* Random, but with as many texts, just long enough or not, as other bytes. */
static size_t make_bytes(unsigned char *bytes)
{
	const size_t count = (size_t)rand() % MAX;

	for (size_t i = 0; i < count;) {
		const int kind = rand() % 3;

		for (int run = rand() % 9; run > 0 && i < count; run--)
			bytes[i++] = (unsigned char)(kind == 0	 ? 0
						     : kind == 1 ? rand()
								 : ' ' + rand() % 95);
	}
	return count;
}

/* Fed in pieces; what is zero as zeros, or not. */
static void feed_in_pieces(const unsigned char *bytes, size_t count)
{
	size_t piece, zeros;

	for (size_t i = 0; i < count; i += piece) {
		piece = (size_t)rand() % 40 + 1;
		piece = piece < count - i ? piece : count - i;
		for (zeros = 0; zeros < piece && bytes[i + zeros] == 0; zeros++)
			;
		if (zeros && rand() % 2)
			texts_zeros(&texts, piece = zeros);
		else
			texts_feed(&texts, bytes + i, piece);
	}
}

/* What strings(1) prints of them; to be freed. */
static char *real_strings(const unsigned char *bytes, size_t count, bool offsets)
{
	char *result = calloc(1, MAX * 8), command[100];
	FILE *file = tmpfile(), *pipe;

	assert_int_equal(fwrite(bytes, 1, count, file), count);
	assert_int_equal(fflush(file), 0);
	snprintf(command, sizeof(command), "exec strings -a %s /proc/%ld/fd/%d",
		 offsets ? "-t x" : "", (long)getpid(), fileno(file));
	pipe = popen(command, "r");
	if (fread(result, 1, MAX * 8 - 1, pipe) == 0)
		assert_true(feof(pipe));
	assert_int_equal(pclose(pipe), 0);
	fclose(file);
	return result;
}

static void it_is_what_strings_prints(void **state)
{
	unsigned char bytes[MAX];
	char *expected;

	(void)state;
	if (system("strings --version 2>&1 | grep -q 'GNU strings'"))
		skip();
	srand(1);
	for (int i = 0; i < 100; i++) {
		const size_t count = make_bytes(bytes);

		expected = real_strings(bytes, count, i % 2);
		begin(0, i % 2);
		feed_in_pieces(bytes, count);
		expect(expected);
		free(expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_has_at_least_four_characters),
		cmocka_unit_test(nothing_is_nothing),
		cmocka_unit_test(the_last_text_needs_no_end),
		cmocka_unit_test(a_text_crosses_pieces),
		cmocka_unit_test(zeros_end_it),
		cmocka_unit_test(a_text_may_have_any_length),
		cmocka_unit_test(it_is_what_strings_prints),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

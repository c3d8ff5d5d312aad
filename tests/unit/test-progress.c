/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is on stderr, at moments that the test chooses. */
#include "unit.h"

#include <time.h>
#include <unistd.h>

#include "progress.h"

static struct {
	bool terminal;
	int64_t now; /* milliseconds */
	int looks;   /* at the clock */
	int saved;   /* what stderr is outside */
	FILE *file;  /* what it is in a test */
	char text[400];
} world;

int __wrap_isatty(int fd);
int __wrap_clock_gettime(clockid_t clock, struct timespec *now);

int __wrap_isatty(int fd)
{
	assert_int_equal(fd, STDERR_FILENO);
	errno = world.terminal ? 0 : ENOTTY;
	return world.terminal;
}

int __wrap_clock_gettime(clockid_t clock, struct timespec *now)
{
	assert_int_equal(clock, CLOCK_MONOTONIC);
	world.looks++;
	*now = (struct timespec){world.now / 1000, world.now % 1000 * 1000000};
	return 0;
}

static int catch_stderr(void **state)
{
	(void)state;
	world.terminal = true;
	world.now = 1000000;
	world.saved = dup(STDERR_FILENO);
	world.file = tmpfile();
	return world.file && dup2(fileno(world.file), STDERR_FILENO) >= 0 ? 0 : -1;
}

static int give_stderr_back(void **state)
{
	(void)state;
	fflush(stderr);
	dup2(world.saved, STDERR_FILENO);
	close(world.saved);
	return fclose(world.file);
}

/* All that has been printed since the last look. */
static const char *printed(void)
{
	size_t length;

	rewind(world.file);
	length = fread(world.text, 1, sizeof(world.text) - 1, world.file);
	world.text[length] = '\0';
	rewind(world.file);
	assert_int_equal(ftruncate(fileno(world.file), 0), 0);
	return world.text;
}

static void a_line_is_written_anew_every_200_ms(void **state)
{
	struct progress progress;

	(void)state;
	progress_begin(&progress, false);
	assert_true(progress_due(&progress));
	progress_show(&progress, "%d files", 1);
	assert_string_equal(printed(), "\r1 files");
	world.now += 199;
	assert_false(progress_due(&progress));
	world.now += 1;
	assert_true(progress_due(&progress));
	assert_false(progress_due(&progress));
	progress_show(&progress, "%d files", 20);
	assert_string_equal(printed(), "\r20 files");
}

static void a_shorter_line_covers_the_longer_one(void **state)
{
	struct progress progress;

	(void)state;
	progress_begin(&progress, false);
	progress_show(&progress, "long line");
	progress_show(&progress, "short");
	assert_string_equal(printed(), "\rlong line\rshort    ");
	progress_show(&progress, "longer");
	assert_string_equal(printed(), "\rlonger");
}

static void it_is_erased_once_and_comes_back(void **state)
{
	struct progress progress;

	(void)state;
	progress_begin(&progress, false);
	progress_erase(&progress);
	assert_string_equal(printed(), "");
	progress_show(&progress, "abc");
	errno = EIO;
	progress_erase(&progress);
	assert_int_equal(errno, EIO);
	progress_erase(&progress);
	assert_string_equal(printed(), "\rabc\r   \r");
	progress_show(&progress, "d");
	progress_end(&progress);
	assert_string_equal(printed(), "\rd\r \r");
	world.now += 1000;
	assert_false(progress_due(&progress));
	progress_show(&progress, "after the end");
	assert_string_equal(printed(), "");
}

static void a_line_too_long_is_cut(void **state)
{
	struct progress progress;

	(void)state;
	progress_begin(&progress, false);
	progress_show(&progress, "%0100d", 7);
	assert_int_equal(strlen(printed()), 80);
	progress_end(&progress);
	assert_int_equal(strlen(printed()), 81);
}

static void bytes_are_shown_with_their_part_and_speed(void **state)
{
	static const uint64_t m = 1024 * 1024;
	struct progress progress;

	(void)state;
	progress_begin(&progress, false);
	progress_show_bytes(&progress, m, 1024 * m);
	world.now += 199;
	progress_show_bytes(&progress, 2 * m, 1024 * m);
	assert_string_equal(printed(), "");
	world.now += 121;
	progress_show_bytes(&progress, 384 * m, 1024 * m);
	assert_string_equal(printed(), "\r384M of 1G, 38%, 1.2G/s");
	progress_show_bytes(&progress, 1024 * m, 1024 * m);
	assert_string_equal(printed(), "\r1G of 1G, 100%, 3.1G/s ");
	world.now += 9680;
	progress_show_bytes(&progress, 500, 0);
	assert_string_equal(printed(), "\r500B, 50B/s           ");
	progress_show_bytes(&progress, 1ull << 57, 1ull << 57);
	assert_string_equal(printed(), "\r128P of 128P, 100%, 12.8P/s");
}

static void elsewhere_a_line_each_second_if_asked(void **state)
{
	struct progress progress;

	(void)state;
	world.terminal = false;
	progress_begin(&progress, true);
	world.now += 999;
	assert_false(progress_due(&progress));
	world.now += 1;
	assert_true(progress_due(&progress));
	progress_show_bytes(&progress, 1024, 4096);
	assert_string_equal(printed(), "1K of 4K, 25%, 1K/s\n");
	world.now += 999;
	assert_false(progress_due(&progress));
	world.now += 1;
	assert_true(progress_due(&progress));
	progress_show(&progress, "x");
	progress_erase(&progress);
	progress_end(&progress);
	assert_string_equal(printed(), "x\n");
}

static void elsewhere_nothing_and_no_look_at_the_clock(void **state)
{
	struct progress progress, none = {0};

	(void)state;
	world.terminal = false;
	world.looks = 0;
	progress_begin(&progress, false);
	assert_false(progress_due(&progress));
	progress_show(&progress, "x");
	progress_show_bytes(&progress, 1, 2);
	progress_end(&progress);
	assert_false(progress_due(&none));
	progress_end(&none);
	assert_int_equal(world.looks, 0);
	assert_string_equal(printed(), "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, catch_stderr, give_stderr_back)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_line_is_written_anew_every_200_ms),
		TEST(a_shorter_line_covers_the_longer_one),
		TEST(it_is_erased_once_and_comes_back),
		TEST(a_line_too_long_is_cut),
		TEST(bytes_are_shown_with_their_part_and_speed),
		TEST(elsewhere_a_line_each_second_if_asked),
		TEST(elsewhere_nothing_and_no_look_at_the_clock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

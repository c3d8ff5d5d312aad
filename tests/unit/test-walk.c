/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/walk.h"

/* A tree of its own in a new directory, which is the working directory then. */
static int make_tree(void **state)
{
	char *directory = strdup("/tmp/test-walk.XXXXXX");

	if (!directory || !mkdtemp(directory) || chdir(directory))
		return -1;
	*state = directory;
	return mkdir("a", 0755) || mkdir("a/b", 0755) || mknod("a/b/file", 0644, 0) ||
	       symlink("b/file", "a/link") || symlink("..", "a/b/up") ||
	       symlink("nothing", "a/dangling") || symlink("loop", "a/loop");
}

static int remove_tree(void **state)
{
	static const char *const names[] = {"a/loop", "a/dangling", "a/b/up", "a/link",
					    "a/b/file"};

	for (size_t i = 0; i < COUNT(names); i++)
		unlink(names[i]);
	rmdir("a/b");
	rmdir("a");
	rmdir(*state);
	free(*state);
	return 0;
}

/* How often a walk reports a file with the number of the one named. */
static int count(const char *directory, const char *path)
{
	struct walk walk = {0};
	struct stat wanted;
	int event, found = 0;

	assert_int_equal(stat(path, &wanted), 0);
	walk.inode = (uint16_t)(wanted.st_ino & 0xffff);
	walk_init(&walk);
	assert_int_equal(walk_open(&walk, directory), 0);
	while ((event = walk_next(&walk)) > WALK_END) {
		assert_int_not_equal(event, WALK_FAILED);
		if (event != WALK_FILE)
			continue;
		found += walk.file_inode == wanted.st_ino &&
			 walk.file_device == wanted.st_dev;
	}
	assert_int_equal(event, WALK_END);
	walk_release(&walk);
	return found;
}

static void it_sees_a_file_and_what_links_to_it(void **state)
{
	(void)state;
	assert_int_equal(count("a", "a/b/file"), 2);
	assert_int_equal(count("a/b", "a/b/file"), 1);
	assert_int_equal(count("a/b/", "a/b/file"), 1);
}

static void it_sees_where_it_begins_and_walks_into_no_link(void **state)
{
	(void)state;
	assert_int_equal(count("a", "a"), 2); /* and as a/b/up */
	assert_int_equal(count("a", "a/b"), 1);
	assert_int_equal(count("a/b/up", "a/b/file"), 2);
}

static void what_is_no_directory_is_refused(void **state)
{
	struct walk walk = {0};

	(void)state;
	walk_init(&walk);
	errno = 0;
	assert_int_equal(walk_open(&walk, "a/b/file"), -1);
	assert_int_equal(errno, ENOTDIR);
	assert_int_equal(walk_open(&walk, "nothing"), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(walk_next(&walk), WALK_END);
	walk_release(&walk);
}

static void one_that_has_gone_is_no_failure(void **state)
{
	struct walk walk = {.inode = 0};
	int event;

	(void)state;
	assert_int_equal(mkdir("a/c", 0755), 0);
	walk_init(&walk);
	assert_int_equal(walk_open(&walk, "a"), 0);
	while ((event = walk_next(&walk)) > WALK_END) {
		assert_int_not_equal(event, WALK_FAILED);
		if (event == WALK_FILE && strcmp(walk.path, "a/c") == 0)
			rmdir("a/c");
	}
	assert_int_equal(event, WALK_END);
	walk_release(&walk);
	assert_int_equal(access("a/c", F_OK), -1);
}

static void it_tells_of_its_progress(void **state)
{
	struct walk walk = {.inode = 0};
	int event, going = 0;

	(void)state;
	walk_init(&walk);
	assert_int_equal(walk_open(&walk, "/usr"), 0);
	while ((event = walk_next(&walk)) > WALK_END)
		going += event == WALK_GOING;
	assert_int_equal(event, WALK_END);
	assert_true((uint64_t)going <= walk.entries / 4096);
	assert_true(going > 0 || walk.entries < 8192);
	walk_release(&walk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_sees_a_file_and_what_links_to_it),
		cmocka_unit_test(it_sees_where_it_begins_and_walks_into_no_link),
		cmocka_unit_test(what_is_no_directory_is_refused),
		cmocka_unit_test(one_that_has_gone_is_no_failure),
		cmocka_unit_test(it_tells_of_its_progress),
	};

	return cmocka_run_group_tests(tests, make_tree, remove_tree);
}

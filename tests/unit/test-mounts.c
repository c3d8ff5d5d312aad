/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables of mounts, made up and the kernel's. */
#include "unit.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/mounts.h"

/* Read a table with this text. */
static struct mounts read_text(const char *text)
{
	char path[] = "/tmp/shmtool-mounts-XXXXXX";
	int fd = mkstemp(path);
	struct mounts mounts;

	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	assert_int_equal(mounts_read(&mounts, path), 0);
	unlink(path);
	return mounts;
}

static bool has(const struct mounts *mounts, const char *directory)
{
	struct stat it;

	assert_int_equal(stat(directory, &it), 0);
	return mounts_has(mounts, it.st_dev, it.st_ino);
}

static void a_directory_has_what_is_mounted_right_in_it(void **state)
{
	struct mounts mounts = read_text("none /proc/sys/kernel/x tmpfs rw 0 0\n"
					 "none /new tmpfs rw 0 0\n");

	(void)state;
	assert_int_equal(mounts.count, 2);
	assert_true(has(&mounts, "/proc/sys/kernel"));
	assert_true(has(&mounts, "/"));
	assert_false(has(&mounts, "/proc/sys"));
	assert_false(has(&mounts, "/proc"));
	mounts_release(&mounts);
	assert_false(has(&mounts, "/"));
}

static void a_mount_point_with_spaces_is_found(void **state)
{
	char directory[] = "/tmp/shmtool mounts XXXXXX", line[100];
	struct mounts mounts;

	(void)state;
	assert_non_null(mkdtemp(directory));
	snprintf(line, sizeof(line),
		 "none /tmp/shmtool\\040mounts\\040%s/x tmpfs rw 0 0\n",
		 strrchr(directory, ' ') + 1);
	mounts = read_text(line);
	assert_true(has(&mounts, directory));
	mounts_release(&mounts);
	rmdir(directory);
}

static void what_nobody_can_walk_to_is_left_out(void **state)
{
	struct mounts mounts = read_text("none /no/such/directory tmpfs rw 0 0\n"
					 "net:[4026531840] nonsense nsfs rw 0 0\n");

	(void)state;
	assert_int_equal(mounts.count, 0);
	mounts_release(&mounts);
}

static void without_the_table_nothing_is_known(void **state)
{
	struct mounts mounts = {.count = 7};

	(void)state;
	assert_int_equal(mounts_read(&mounts, "/no/such/table"), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(mounts.count, 0);
	mounts_release(&mounts);
}

static void the_kernel_mounts_proc_in_the_root_directory(void **state)
{
	struct mounts mounts;

	(void)state;
	assert_int_equal(mounts_read(&mounts, MOUNTS_TABLE), 0);
	assert_true(has(&mounts, "/"));
	mounts_release(&mounts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_directory_has_what_is_mounted_right_in_it),
		cmocka_unit_test(a_mount_point_with_spaces_is_found),
		cmocka_unit_test(what_nobody_can_walk_to_is_left_out),
		cmocka_unit_test(without_the_table_nothing_is_known),
		cmocka_unit_test(the_kernel_mounts_proc_in_the_root_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

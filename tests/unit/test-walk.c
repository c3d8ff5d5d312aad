/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "lib/walk.h"

/* What the kernel is made to say of a file system, and its errors; 0: nothing. */
static struct {
	long magic;
	int statfs, open;
} fault;

int __wrap_fstatfs(int fd, struct statfs *fs);
int __wrap_fstatfs64(int fd, struct statfs *fs);
int __wrap_openat(int directory, const char *path, int flags, ...);
int __wrap_openat64(int directory, const char *path, int flags, ...);

static int refuse(int error)
{
	errno = error;
	return -1;
}

int __wrap_fstatfs(int fd, struct statfs *fs)
{
	char path[32];

	if (fault.statfs)
		return refuse(fault.statfs);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (statfs(path, fs))
		return -1;
	if (fault.magic)
		fs->f_type = (__typeof__(fs->f_type))fault.magic;
	return 0;
}

int __wrap_fstatfs64(int fd, struct statfs *fs)
{
	return __wrap_fstatfs(fd, fs);
}

int __wrap_openat(int directory, const char *path, int flags, ...)
{
	return fault.open ? refuse(fault.open)
			  : (int)syscall(SYS_openat, directory, path, flags);
}

int __wrap_openat64(int directory, const char *path, int flags, ...)
{
	return __wrap_openat(directory, path, flags);
}

/* A tree of its own in a new directory, which is the working directory then. */
static int make_tree(void **state)
{
	char *directory = strdup("/tmp/test-walk.XXXXXX");

	if (!directory || !mkdtemp(directory) || chdir(directory)) {
		free(directory);
		return -1;
	}
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

/* A file system of its own at a/m, with a file in it, where nobody else sees it. */
static void mount_one(void)
{
	if (unshare(CLONE_NEWNS) ||
	    mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) || mkdir("a/m", 0755) ||
	    mount("tmpfs", "a/m", "tmpfs", 0, NULL))
		skip(); /* only root can */
	assert_int_equal(mknod("a/m/inside", 0644, 0), 0);
}

static void unmount_it(void)
{
	umount("a/m");
	rmdir("a/m");
}

/* How often a walk of a passes over a/m, and, in *inside, finds the file in it. */
static int count_passed(int *inside)
{
	struct walk walk = {.inode = 0};
	int event, passed = 0;

	*inside = 0;
	walk_init(&walk);
	walk.believe = false;
	assert_int_equal(walk_open(&walk, "a"), 0);
	while ((event = walk_next(&walk)) > WALK_END) {
		assert_int_not_equal(event, WALK_FAILED);
		passed += event == WALK_PASSED && strcmp(walk.path, "a/m") == 0;
		*inside += event == WALK_FILE && strcmp(walk.path, "a/m/inside") == 0;
	}
	assert_int_equal(event, WALK_END);
	walk_release(&walk);
	return passed;
}

static void an_automount_is_passed_over_and_what_is_unknown_is_not(void **state)
{
	int inside;

	(void)state;
	mount_one();
	assert_int_equal(count_passed(&inside), 0);
	assert_int_equal(inside, 1);
	fault.magic = AUTOFS_SUPER_MAGIC;
	assert_int_equal(count_passed(&inside), 1);
	assert_int_equal(inside, 0);
	fault.magic = MSDOS_SUPER_MAGIC;
	assert_int_equal(count_passed(&inside), 0);
	assert_int_equal(inside, 1);
	fault.magic = 0;
	fault.statfs = ENOSYS;
	assert_int_equal(count_passed(&inside), 0);
	assert_int_equal(inside, 1);
	fault.statfs = 0;
	unmount_it();
}

/* A walk of a that has just seen a/m, and is about to go into it. */
static void walk_until_mount(struct walk *walk)
{
	mount_one();
	walk_init(walk);
	assert_int_equal(walk_open(walk, "a"), 0);
	do
		assert_int_equal(walk_next(walk), WALK_FILE);
	while (strcmp(walk->path, "a/m") != 0);
}

static void a_mount_that_has_gone_is_no_failure(void **state)
{
	struct walk walk = {.inode = 0};
	int event;

	(void)state;
	walk_until_mount(&walk);
	unmount_it();
	while ((event = walk_next(&walk)) > WALK_END)
		assert_int_not_equal(event, WALK_FAILED);
	assert_int_equal(event, WALK_END);
	walk_release(&walk);
}

static void a_mount_that_cannot_be_opened_is_a_failure_and_the_walk_goes_on(void **state)
{
	struct walk walk = {.inode = 0};
	int event, failed = 0;

	(void)state;
	walk_until_mount(&walk);
	fault.open = EACCES;
	while ((event = walk_next(&walk)) > WALK_END) {
		failed += event == WALK_FAILED && walk.error == EACCES;
		fault.open = 0;
	}
	assert_int_equal(event, WALK_END);
	assert_int_equal(failed, 1);
	walk_release(&walk);
	unmount_it();
}

enum { DEPTH = 5000 };

/* A tree deeper than any path can say, at a/deep. */
static void make_deep(void)
{
	const int here = open(".", O_PATH);

	assert_int_equal(mkdir("a/deep", 0755) || chdir("a/deep"), 0);
	for (int i = 0; i < DEPTH; i++)
		assert_int_equal(mkdir("d", 0755) || chdir("d"), 0);
	assert_int_equal(fchdir(here), 0);
	close(here);
}

static void a_walk_ends_where_no_path_leads_on(void **state)
{
	struct walk walk = {.inode = 0};
	size_t files = 0, levels = 0, longest = 0;
	struct rlimit limit;
	int event, told = 0;

	(void)state;
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_cur < PATH_MAX)
		skip();
	make_deep();
	walk_init(&walk);
	assert_int_equal(walk_open(&walk, "a/deep"), 0);
	while ((event = walk_next(&walk)) > WALK_END) {
		assert_int_not_equal(event, WALK_FAILED);
		files += event == WALK_FILE;
		told += event == WALK_LONG;
		levels = walk.levels > levels ? walk.levels : levels;
		longest = strlen(walk.path) > longest ? strlen(walk.path) : longest;
	}
	walk_release(&walk);
	assert_int_equal(system("rm -rf a/deep"), 0);
	assert_int_equal(event, WALK_END);
	assert_int_equal(told, 1);
	assert_int_equal(longest, PATH_MAX - 2); /* "a/deep/d/d", of even length */
	assert_int_equal(files, 1 + (longest - strlen("a/deep")) / 2);
	assert_true(levels <= PATH_MAX / 2);
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
		cmocka_unit_test(an_automount_is_passed_over_and_what_is_unknown_is_not),
		cmocka_unit_test(a_mount_that_has_gone_is_no_failure),
		cmocka_unit_test(
			a_mount_that_cannot_be_opened_is_a_failure_and_the_walk_goes_on),
		cmocka_unit_test(a_walk_ends_where_no_path_leads_on),
		cmocka_unit_test(it_tells_of_its_progress),
	};

	return cmocka_run_group_tests(tests, make_tree, remove_tree);
}

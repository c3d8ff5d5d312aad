/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file is the old one or the new one, whatever fails, and nothing else is left. */
#include "unit.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "replace.h"

/* What the kernel does not do on demand. */
static bool no_tmpfile;
static int link_error, rename_error, sync_errors[2]; /* of the file, of the directory */
static size_t links, syncs;

int __wrap_openat(int directory, const char *path, int flags, mode_t mode);
int __wrap_openat64(int directory, const char *path, int flags, mode_t mode);
int __real_linkat(int from, const char *old, int to, const char *new, int flags);
int __wrap_linkat(int from, const char *old, int to, const char *new, int flags);
int __real_renameat(int from, const char *old, int to, const char *new);
int __wrap_renameat(int from, const char *old, int to, const char *new);
int __real_fsync(int fd);
int __wrap_fsync(int fd);

static int refuse(int error)
{
	errno = error;
	return -1;
}

int __wrap_openat(int directory, const char *path, int flags, mode_t mode)
{
	if (no_tmpfile && (flags & O_TMPFILE) == O_TMPFILE)
		return refuse(EOPNOTSUPP);
	return (int)syscall(SYS_openat, directory, path, flags, mode);
}

int __wrap_openat64(int directory, const char *path, int flags, mode_t mode)
{
	return __wrap_openat(directory, path, flags, mode);
}

int __wrap_linkat(int from, const char *old, int to, const char *new, int flags)
{
	links++;
	return link_error ? refuse(link_error) : __real_linkat(from, old, to, new, flags);
}

int __wrap_renameat(int from, const char *old, int to, const char *new)
{
	return rename_error ? refuse(rename_error) : __real_renameat(from, old, to, new);
}

int __wrap_fsync(int fd)
{
	const int error = sync_errors[syncs++ % COUNT(sync_errors)];

	return error ? refuse(error) : __real_fsync(fd);
}

static char directory[] = "/tmp/shmtool-replace-XXXXXX";

static int enter(void **state)
{
	(void)state;
	return !mkdtemp(directory) || chdir(directory);
}

static int leave(void **state)
{
	(void)state;
	return chdir("/") || rmdir(directory);
}

static int reset(void **state)
{
	(void)state;
	no_tmpfile = false;
	link_error = rename_error = sync_errors[0] = sync_errors[1] = 0;
	links = syncs = 0;
	unlink("file");
	return 0;
}

/* How many names there are in the directory. */
static int count(void)
{
	DIR *names = opendir(".");
	int result = -2; /* . and .. */

	while (readdir(names))
		result++;
	closedir(names);
	return result;
}

static void put(const char *text)
{
	FILE *file = fopen("file", "w");

	fputs(text, file);
	fclose(file);
}

static void expect(const char *text)
{
	FILE *file = fopen("file", "r");
	char got[64] = "";

	assert_non_null(file);
	assert_true(fread(got, 1, sizeof(got) - 1, file) > 0);
	fclose(file);
	assert_string_equal(got, text);
	assert_int_equal(count(), 1);
}

static void begin(struct replace *replace)
{
	int fd = replace_begin(replace, "file", 0640);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, "new", 3), 3);
}

static int replace_file(void)
{
	struct replace replace;
	int result, error;

	begin(&replace);
	result = replace_commit(&replace);
	error = errno;
	replace_abandon(&replace);
	errno = error;
	return result;
}

static void a_file_appears_whole_or_not_at_all(void **state)
{
	struct replace replace;
	struct stat info;
	mode_t mask = umask(027);

	(void)state;
	begin(&replace);
	assert_int_equal(count(), 0);
	assert_int_equal(replace_commit(&replace), 0);
	expect("new");
	assert_int_equal(links, 1);
	assert_int_equal(stat("file", &info), 0);
	assert_int_equal(info.st_mode, S_IFREG | 0640);
	umask(mask);
}

static void an_old_file_stays_until_the_new_one_is_there(void **state)
{
	struct replace replace;

	(void)state;
	put("old");
	begin(&replace);
	expect("old");
	assert_int_equal(replace_commit(&replace), 0);
	expect("new");
}

static void who_abandons_it_leaves_nothing(void **state)
{
	struct replace replace;

	(void)state;
	for (int named = 0; named < 2; named++) {
		no_tmpfile = named;
		begin(&replace);
		errno = ENOSPC;
		replace_abandon(&replace);
		replace_abandon(&replace);
		assert_int_equal(errno, ENOSPC);
		assert_int_equal(count(), 0);
	}
}

static void without_o_tmpfile_it_has_another_name_until_the_end(void **state)
{
	struct replace replace;

	(void)state;
	no_tmpfile = true;
	begin(&replace);
	assert_int_equal(count(), 1);
	assert_int_equal(access("file", F_OK), -1);
	assert_int_equal(replace_commit(&replace), 0);
	expect("new");
	assert_int_equal(replace_file(), 0);
	expect("new");
	assert_int_equal(links, 0);
}

static void an_error_leaves_the_old_file(void **state)
{
	int *const errors[] = {&sync_errors[0], &rename_error};

	(void)state;
	for (int named = 0; named < 2; named++) {
		no_tmpfile = named;
		put("old");
		for (size_t i = 0; i < COUNT(errors); i++) {
			syncs = 0;
			*errors[i] = EDQUOT;
			assert_int_equal(replace_file(), -1);
			assert_int_equal(errno, EDQUOT);
			/* cppcheck-suppress redundantAssignment ; what is wrapped has read it */
			*errors[i] = 0;
			expect("old");
		}
	}
	no_tmpfile = false;
	link_error = EIO;
	assert_int_equal(replace_file(), -1);
	assert_int_equal(errno, EIO);
	expect("old");
	unlink("file");
	assert_int_equal(replace_file(), -1);
	assert_int_equal(count(), 0);
}

static void a_directory_that_is_not_synced_is_an_error_unless_it_need_not_be(void **state)
{
	(void)state;
	sync_errors[1] = EIO;
	assert_int_equal(replace_file(), -1);
	assert_int_equal(errno, EIO);
	expect("new");
	sync_errors[1] = EINVAL;
	assert_int_equal(replace_file(), 0);
}

static void expect_refusal(const char *path, int error)
{
	struct replace replace;

	assert_int_equal(replace_begin(&replace, path, 0600), -1);
	assert_int_equal(errno, error);
	assert_int_equal(replace.file, -1);
	assert_int_equal(replace.directory, -1);
}

static void what_is_no_regular_file_is_refused(void **state)
{
	(void)state;
	expect_refusal("/dev/null", EINVAL);
	expect_refusal("/dev/", EISDIR);
	expect_refusal("/", EISDIR);
	expect_refusal("", EISDIR);
	expect_refusal(".", EISDIR);
	expect_refusal("..", EISDIR);
	expect_refusal("/nonexistent/file", ENOENT);
	expect_refusal("/dev/null/file", ENOTDIR);
	assert_int_equal(mkfifo("fifo", 0600), 0);
	expect_refusal("fifo", EINVAL);
	assert_int_equal(unlink("fifo"), 0);
	assert_int_equal(symlink("nowhere", "link"), 0);
	expect_refusal("link", ELOOP);
	assert_int_equal(unlink("link"), 0);
	assert_string_equal(replace_strerror(ENOENT), strerror(ENOENT));
}

static void make_fifo(void)
{
	mkfifo("file", 0600);
}

static void what_becomes_something_else_meanwhile_is_refused_too(void **state)
{
	(void)state;
	for (int named = 0; named < 2; named++) {
		struct replace replace;

		no_tmpfile = named;
		begin(&replace);
		make_fifo();
		assert_int_equal(replace_commit(&replace), -1);
		assert_int_equal(errno, EINVAL);
		assert_int_equal(count(), 1);
		assert_int_equal(unlink("file"), 0);
	}
}

static void the_directory_may_move_before_the_end(void **state)
{
	struct replace replace;
	int fd;

	(void)state;
	assert_int_equal(mkdir("before", 0700), 0);
	fd = replace_begin(&replace, "before/it", 0600);
	assert_int_equal(write(fd, "new", 3), 3);
	assert_int_equal(rename("before", "after"), 0);
	assert_int_equal(replace_commit(&replace), 0);
	assert_int_equal(unlink("after/it"), 0);
	assert_int_equal(rmdir("after"), 0);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, reset, reset)

/* What is left in the directory when a signal has come while there is a temporary name. */
static int be_signalled(int number, bool is_ignored)
{
	struct replace replace;

	signal(number, is_ignored ? SIG_IGN : SIG_DFL);
	no_tmpfile = true;
	begin(&replace);
	if (replace_is_stopped(&replace))
		return 100;
	raise(number);
	/* cppcheck-suppress unreachableCode ; the signal is held */
	if (count() != 1 || replace_is_stopped(&replace) == is_ignored)
		return 101;
	if (is_ignored)
		return replace_commit(&replace) || count() != 1 ? 102 : 0;
	replace_abandon(&replace);
	return 103;
}

static void a_signal_waits_until_the_temporary_name_is_gone(void **state)
{
	static const int ending[] = {SIGINT, SIGTERM, SIGHUP};
	int status;

	(void)state;
	for (size_t i = 0; i < 2 * COUNT(ending); i++) {
		const int number = ending[i / 2];
		const pid_t pid = fork();

		if (pid == 0)
			_exit(be_signalled(number, i % 2));
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, i % 2 ? 0 : number);
		assert_int_equal(count(), i % 2);
		unlink("file");
	}
}

static void signals_are_as_they_were(void **state)
{
	sigset_t before, after;
	struct replace replace;

	(void)state;
	sigemptyset(&before);
	sigaddset(&before, SIGTERM);
	sigprocmask(SIG_BLOCK, &before, NULL);
	for (int i = 0; i < 4; i++) {
		no_tmpfile = i % 2;
		begin(&replace);
		if (i < 2)
			replace_abandon(&replace);
		else
			assert_int_equal(replace_commit(&replace), 0);
		sigprocmask(SIG_BLOCK, NULL, &after);
		assert_true(sigismember(&after, SIGTERM));
		assert_false(sigismember(&after, SIGINT) || sigismember(&after, SIGHUP));
	}
	sigprocmask(SIG_UNBLOCK, &before, NULL);
}

/* Let user 60001 read and write what is made in here (linux/posix_acl_xattr.h). */
static int give_default_acl(void)
{
	static const struct {
		/* cppcheck-suppress unusedStructMember ; the kernel reads it, and all below */
		uint32_t version;
		struct {
			/* cppcheck-suppress unusedStructMember ; the same */
			uint16_t tag, permissions;
			/* cppcheck-suppress unusedStructMember ; the same */
			uint32_t id;
			/* cppcheck-suppress unusedStructMember ; the same */
		} entry[5];
	} acl = {2,
		 {{0x01, 6, UINT32_MAX},
		  {0x02, 6, 60001},
		  {0x04, 0, UINT32_MAX},
		  {0x10, 6, UINT32_MAX},
		  {0x20, 0, UINT32_MAX}}};

	return setxattr(".", "system.posix_acl_default", &acl, sizeof(acl), 0);
}

static void no_acl_of_the_directory_opens_it_to_others(void **state)
{
	struct replace replace;
	struct stat info;

	(void)state;
	if (give_default_acl())
		skip(); /* no ACLs here, or no such user in this namespace */
	for (int i = 0; i < 2; i++) {
		no_tmpfile = i;
		begin(&replace);
		assert_int_equal(replace_set_mode(&replace, 0640), 0);
		assert_int_equal(replace_commit(&replace), 0);
		assert_int_equal(stat("file", &info), 0);
		assert_int_equal(info.st_mode & 07777, 0640);
		assert_int_equal(getxattr("file", "system.posix_acl_access", NULL, 0),
				 -1);
		assert_int_equal(errno, ENODATA);
		unlink("file");
	}
	assert_int_equal(removexattr(".", "system.posix_acl_default"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_file_appears_whole_or_not_at_all),
		TEST(an_old_file_stays_until_the_new_one_is_there),
		TEST(who_abandons_it_leaves_nothing),
		TEST(without_o_tmpfile_it_has_another_name_until_the_end),
		TEST(an_error_leaves_the_old_file),
		TEST(a_directory_that_is_not_synced_is_an_error_unless_it_need_not_be),
		TEST(what_is_no_regular_file_is_refused),
		TEST(what_becomes_something_else_meanwhile_is_refused_too),
		TEST(the_directory_may_move_before_the_end),
		TEST(a_signal_waits_until_the_temporary_name_is_gone),
		TEST(signals_are_as_they_were),
		TEST(no_acl_of_the_directory_opens_it_to_others),
	};

	return cmocka_run_group_tests(tests, enter, leave);
}

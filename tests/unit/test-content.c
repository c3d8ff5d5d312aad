/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The content of segments, on the real kernel. */
#include "unit.h"

#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/content.h"
#include "lib/sysv.h"

static int look_error; /* that the look after the attach gives */

int __real_shmctl(int id, int command, struct shmid_ds *ds);
int __wrap_shmctl(int id, int command, struct shmid_ds *ds);

int __wrap_shmctl(int id, int command, struct shmid_ds *ds)
{
	if (command == SHM_STAT_ANY && look_error) {
		errno = look_error;
		return -1;
	}
	return __real_shmctl(id, command, ds);
}

static int memory_error; /* that memfd_create(2) gives */
/* What fstat(2) sees, as if the mapping had just been replaced. */
static bool other_inode;
static int elsewhere = -1; /* the inode that is on another device */

int __wrap_memfd_create(const char *name, unsigned int flags);
int __wrap_fstat(int fd, struct stat *stat);
int __wrap_fstat64(int fd, struct stat *stat);

int __wrap_memfd_create(const char *name, unsigned int flags)
{
	if (memory_error) {
		errno = memory_error;
		return -1;
	}
	return (int)syscall(SYS_memfd_create, name, flags);
}

int __wrap_fstat(int fd, struct stat *stat)
{
	int result = fstatat(fd, "", stat, AT_EMPTY_PATH);

	stat->st_dev += stat->st_ino == (ino_t)elsewhere;
	stat->st_ino += other_inode;
	return result;
}

int __wrap_fstat64(int fd, struct stat *stat)
{
	return __wrap_fstat(fd, stat);
}

static int make(void **state)
{
	static struct segment seen;
	int id = CREATE(0, 10000, 0600);

	assert_true(id >= 0);
	assert_int_equal(sysv_stat(id, &seen), 0);
	*state = &seen;
	return 0;
}

static int drop(void **state)
{
	const struct segment *seen = *state;

	look_error = 0;
	sysv_remove(seen->id);
	return 0;
}

static void what_is_attached_can_be_read_and_written(void **state)
{
	const struct segment *seen = *state;
	struct content content;

	assert_int_equal(content_open(&content, seen, true), 0);
	assert_int_equal(content.segment.nattch, 1);
	assert_int_equal(content.segment.size, 10000);
	assert_int_equal(content.page_size, sysconf(_SC_PAGESIZE));
	content.at[9999] = 'x';
	content_close(&content);
	assert_null(content.at);
	assert_int_equal(content_open(&content, seen, false), 0);
	assert_int_equal(content.at[9999], 'x');
	content_close(&content);
}

static void the_file_behind_it_is_the_segment(void **state)
{
	struct content content;
	char byte;

	assert_int_equal(content_open(&content, *state, true), 0);
	if (content.file < 0) {
		content_close(&content);
		skip(); /* it takes CAP_CHECKPOINT_RESTORE */
	}
	content.at[9999] = 'y';
	assert_int_equal(pread(content.file, &byte, 1, 9999), 1);
	assert_int_equal(byte, 'y');
	assert_int_equal(pread(content.file, &byte, 1, 10000), 0);
	assert_int_equal(pwrite(content.file, "z", 1, 5), 1);
	assert_int_equal(content.at[5], 'z');
	content_close(&content);
	assert_int_equal(content.file, -1);
}

static void what_is_read_is_what_is_there_with_and_without_the_file(void **state)
{
	struct content content;
	char bytes[4] = "";

	assert_int_equal(content_open(&content, *state, true), 0);
	memcpy(content.at + 8190, "abcd", 4);
	assert_int_equal(content_read(&content, 8190, bytes, 4), 0);
	assert_memory_equal(bytes, "abcd", 4);
	if (content.file >= 0)
		close(content.file);
	content.file = -1;
	memset(bytes, 0, 4);
	assert_int_equal(content_read(&content, 8190, bytes, 4), 0);
	assert_memory_equal(bytes, "abcd", 4);
	assert_false(content_is_huge(&content));
	content_close(&content);
}

/* As of huge pages that the pool does not have: a read is refused, and no signal comes. */
static void a_page_that_cannot_be_had_is_an_error(void **state)
{
	struct content content;
	char byte;

	assert_int_equal(content_open(&content, *state, true), 0);
	if (content.file >= 0)
		close(content.file);
	content.file = -1;
	assert_int_equal(mprotect(content.at, 4096, PROT_NONE), 0);
	assert_int_equal(content_read(&content, 0, &byte, 1), -1);
	assert_int_equal(errno, EFAULT);
	content_close(&content);
}

static void what_a_process_has_attached_is_read_through_it_unseen(void **state)
{
	const struct segment *seen = *state;
	struct content own, borrowed;
	struct segment before, after;
	char byte = 0;
	int got;

	assert_int_equal(content_open(&own, seen, true), 0);
	own.at[77] = 'b';
	assert_int_equal(sysv_stat(seen->id, &before), 0);
	got = content_borrow(&borrowed, seen, getpid());
	if (got && own.file < 0) {
		content_close(&own);
		skip(); /* it takes CAP_CHECKPOINT_RESTORE */
	}
	assert_int_equal(got, 0);
	assert_null(borrowed.at);
	assert_int_equal(content_read(&borrowed, 77, &byte, 1), 0);
	assert_int_equal(byte, 'b');
	assert_int_equal(sysv_stat(seen->id, &after), 0);
	assert_true(segment_untouched(&before, &after));
	content_close(&borrowed);
	content_close(&own);
}

static void who_does_not_have_it_attached_lends_nothing(void **state)
{
	struct content content;

	assert_int_equal(content_borrow(&content, *state, getpid()), -1);
	assert_int_equal(content_borrow(&content, *state, 0), -1);
	assert_int_equal(content.file, -1);
}

/* A segment of another IPC namespace, which has the same id. */
struct other {
	uid_t user;
	key_t key;
	size_t size;
};

static void attach_other(const struct other *other, int id)
{
	if (unshare(CLONE_NEWIPC) ||
	    (other->user &&
	     (setgroups(0, NULL) || setgid(other->user) || setuid(other->user))) ||
	    CREATE((uint32_t)other->key, other->size, 0600) != id ||
	    !sysv_attach(id, true))
		_exit(1);
	raise(SIGSTOP);
	/* cppcheck-suppress unreachableCode ; it goes on by SIGCONT */
	_exit(0);
}

/* What content_borrow() returns for a child that has such a segment attached. */
static int borrow_other(const struct segment *seen, const struct other *other)
{
	const pid_t child = fork();
	struct content content;
	int status, got;

	if (child == 0)
		attach_other(other, seen->id);
	assert_int_equal(waitpid(child, &status, WUNTRACED), child);
	assert_true(WIFSTOPPED(status));
	got = content_borrow(&content, seen, child);
	if (got == 0)
		content_close(&content);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	return got;
}

static void who_has_another_segment_with_this_id_lends_nothing(void **state)
{
	const struct other others[] = {{60001, 7, 5000}, {0, 8, 5000}, {0, 7, 4000}};
	const struct other same = {0, 7, 5000};
	struct segment seen;

	(void)state;
	/* Where ids start anew. */
	assert_int_equal(unshare(CLONE_NEWIPC), 0);
	assert_int_equal(sysv_stat(CREATE(7, 5000, 0600), &seen), 0);
	if (borrow_other(&seen, &same)) {
		sysv_remove(seen.id);
		skip(); /* it takes CAP_CHECKPOINT_RESTORE */
	}
	for (size_t i = 0; i < COUNT(others); i++)
		assert_int_equal(borrow_other(&seen, &others[i]), -1);
	sysv_remove(seen.id);
}

static void one_that_is_gone_is_absent(void **state)
{
	const struct segment *seen = *state;
	struct content content;

	sysv_remove(seen->id);
	assert_int_equal(content_open(&content, seen, false), -1);
	assert_int_equal(errno, ENOENT);
}

static void another_under_the_same_id_is_left_again(void **state)
{
	struct segment *seen = *state, now;
	struct content content;

	seen->size++;
	assert_int_equal(content_open(&content, seen, false), -1);
	assert_int_equal(errno, ESTALE);
	assert_null(content.at);
	assert_int_equal(sysv_stat(seen->id, &now), 0);
	assert_int_equal(now.nattch, 0);
}

static void a_look_that_fails_leaves_nothing_attached(void **state)
{
	const struct segment *seen = *state;
	struct content content;
	struct segment now;

	look_error = ENOMEM;
	assert_int_equal(content_open(&content, seen, false), -1);
	assert_int_equal(errno, ENOMEM);
	look_error = 0;
	assert_int_equal(sysv_stat(seen->id, &now), 0);
	assert_int_equal(now.nattch, 0);
}

static void without_proc_a_segment_is_read_by_its_memory(void **state)
{
	struct content content;
	char byte = 0;

	memory_error = EMFILE;
	assert_int_equal(content_open(&content, *state, true), 0);
	memory_error = 0;
	assert_int_equal(content.file, -1);
	assert_int_equal(content.page_size, 0);
	content.at[5000] = 'm';
	assert_int_equal(content_read(&content, 5000, &byte, 1), 0);
	assert_int_equal(byte, 'm');
	content_close(&content);
}

static void a_file_of_another_number_or_device_is_not_the_segment(void **state)
{
	const struct segment *seen = *state;
	struct content content;

	for (int device = 0; device <= 1; device++) {
		other_inode = !device;
		elsewhere = device ? seen->id : -1;
		assert_int_equal(content_open(&content, seen, true), 0);
		assert_int_equal(content.file, -1);
		assert_int_equal(content.page_size, sysconf(_SC_PAGESIZE));
		content_close(&content);
	}
	other_inode = false;
	elsewhere = -1;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_attached_can_be_read_and_written),
		TEST(the_file_behind_it_is_the_segment),
		TEST(what_is_read_is_what_is_there_with_and_without_the_file),
		TEST(a_page_that_cannot_be_had_is_an_error),
		TEST(what_a_process_has_attached_is_read_through_it_unseen),
		TEST(who_does_not_have_it_attached_lends_nothing),
		cmocka_unit_test(who_has_another_segment_with_this_id_lends_nothing),
		TEST(one_that_is_gone_is_absent),
		TEST(another_under_the_same_id_is_left_again),
		TEST(a_look_that_fails_leaves_nothing_attached),
		TEST(without_proc_a_segment_is_read_by_its_memory),
		TEST(a_file_of_another_number_or_device_is_not_the_segment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

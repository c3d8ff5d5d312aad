/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole tables: the kernel's own, made-up files, and the slots when there is no file. */
#include "unit.h"

#include <stdlib.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/procfs.h"
#include "lib/scan.h"
#include "lib/segment.h"
#include "lib/survey.h"
#include "lib/sysv.h"

#define NO_FILE "/nonexistent/sysvipc/shm"

static int refuse_shmctl;

int __real_shmctl(int id, int command, struct shmid_ds *ds);
int __wrap_shmctl(int id, int command, struct shmid_ds *ds);

int __wrap_shmctl(int id, int command, struct shmid_ds *ds)
{
	if (refuse_shmctl) {
		errno = refuse_shmctl;
		return -1;
	}
	return __real_shmctl(id, command, ds);
}

#define HEADING "       key      shmid perms\n"
#define ROW(id) "5 " id " 600 4096 3 4 5 6 7 8 9 10 11 12 0 0\n"

/* Scan a file with this text; the number of segments, or -1 and errno. */
static int scan_text(const char *text, size_t length, struct scan *scan)
{
	char path[] = "/tmp/shmtool-scan-XXXXXX";
	int fd = mkstemp(path), got, count = 0;
	struct segment segment;

	assert_int_equal(write(fd, text, length), length);
	close(fd);
	got = scan_open(scan, path);
	unlink(path);
	if (got)
		return -1;
	while ((got = scan_next(scan, &segment)) > 0)
		assert_int_equal(segment.id, ++count);
	scan_close(scan);
	return got < 0 ? -1 : count;
}

#define SCAN(text, scan) scan_text(text, sizeof(text) - 1, scan)

static void a_heading_alone_is_an_empty_table(void **state)
{
	struct scan scan;

	(void)state;
	assert_int_equal(SCAN(HEADING, &scan), 0);
}

static void every_row_arrives_once_and_in_order(void **state)
{
	struct scan scan;

	(void)state;
	assert_int_equal(SCAN(HEADING ROW("1") ROW("2") ROW("3"), &scan), 3);
}

static void a_file_without_the_heading_is_an_error_and_not_empty(void **state)
{
	struct scan scan;

	(void)state;
	assert_int_equal(SCAN("", &scan), -1);
	assert_int_equal(errno, EBADMSG);
	assert_int_equal(SCAN(ROW("1"), &scan), -1);
	assert_int_equal(errno, EBADMSG);
	assert_int_equal(SCAN("no newline at all", &scan), -1);
	assert_int_equal(errno, EBADMSG);
}

static void a_bad_line_is_an_error_that_knows_its_number(void **state)
{
	struct scan scan;

	(void)state;
	assert_int_equal(SCAN(HEADING ROW("1") "garbage\n" ROW("2"), &scan), -1);
	assert_int_equal(errno, EBADMSG);
	assert_int_equal(scan.line, 3);
	assert_int_equal(SCAN(HEADING ROW("1") "5 2 600 4096 3 4", &scan), -1);
	assert_int_equal(errno, EBADMSG);
	assert_int_equal(scan.line, 3);
}

static void a_line_without_end_is_an_error_and_no_loop(void **state)
{
	static char text[sizeof(HEADING) + 100000];
	struct scan scan;

	(void)state;
	strcpy(text, HEADING);
	memset(text + sizeof(HEADING) - 1, '1', 100000);
	assert_int_equal(SCAN(text, &scan), -1);
	assert_int_equal(errno, EBADMSG);
}

static void a_file_that_cannot_be_read_is_an_error(void **state)
{
	struct scan scan;

	(void)state;
	assert_int_equal(scan_open(&scan, "/proc/self"), -1);
	assert_int_equal(errno, EISDIR);
}

static void what_is_no_file_is_refused_without_waiting(void **state)
{
	char path[] = "/tmp/shmtool-scan-XXXXXX";
	struct scan scan;

	(void)state;
	assert_non_null(mkdtemp(path));
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(scan_open(&scan, path), -1);
	assert_int_equal(errno, EINVAL);
	unlink(path);
	assert_int_equal(scan_open(&scan, "/dev/zero"), -1);
	assert_int_equal(errno, EINVAL);
}

static void a_table_without_end_ends_in_an_error(void **state)
{
	char path[] = "/tmp/shmtool-scan-XXXXXX";
	const int fd = mkstemp(path);
	struct segment segment;
	struct scan scan;

	(void)state;
	assert_true(write(fd, HEADING ROW("1") ROW("2") ROW("3"),
			  strlen(HEADING ROW("1") ROW("2") ROW("3"))) > 0);
	close(fd);
	assert_int_equal(scan_open(&scan, path), 0);
	unlink(path);
	/* As many as the kernel can have. */
	scan.line = 1ul << 24;
	assert_int_equal(scan_next(&scan, &segment), 1);
	assert_int_equal(scan_next(&scan, &segment), -1);
	assert_int_equal(errno, EBADMSG);
	scan_close(&scan);
}

/* What one scan of the kernel sees, up to ten. */
static int scan_kernel(const char *table, struct segment found[static 10])
{
	struct scan scan;
	int count = 0, got;

	assert_int_equal(scan_open(&scan, table), 0);
	while ((got = scan_next(&scan, &found[count])) > 0)
		assert_true(++count < 10);
	assert_int_equal(got, 0);
	scan_close(&scan);
	return count;
}

static void without_the_file_the_kernel_tells_the_same_but_rss(void **state)
{
	int id[3];
	struct segment from_file[10], from_slots[10];

	(void)state;
	for (int i = 0; i < 3; i++)
		id[i] = CREATE(i ? 0xdeadbeef + (uint32_t)i : 0, 4096, 0640);
	/* A hole in the table, and permissions that keep everybody out. */
	assert_int_equal(sysv_remove(id[1]), 0);
	id[1] = CREATE(0, 100, 0);

	assert_int_equal(scan_kernel(PROCFS_SHM, from_file), 3);
	assert_int_equal(scan_kernel(NO_FILE, from_slots), 3);
	for (int i = 0; i < 3; i++) {
		assert_true(from_slots[i].rss == SEGMENT_UNKNOWN);
		assert_int_equal(from_file[i].rss, 0);
		assert_true(segment_untouched(&from_file[i], &from_slots[i]));
		assert_int_equal(sysv_remove(id[i]), 0);
	}
}

static void a_file_that_is_there_but_refused_is_not_replaced(void **state)
{
	static char name[5000] = "/";
	struct scan scan;

	(void)state;
	memset(name + 1, 'x', sizeof(name) - 2);
	assert_int_equal(scan_open(&scan, name), -1);
	assert_int_equal(errno, ENAMETOOLONG);
}

static void an_empty_system_has_no_segments_either_way(void **state)
{
	struct segment found[10];

	(void)state;
	assert_int_equal(scan_kernel(PROCFS_SHM, found), 0);
	assert_int_equal(scan_kernel(NO_FILE, found), 0);
}

static void neither_file_nor_call_is_an_error(void **state)
{
	struct scan scan;

	(void)state;
	refuse_shmctl = ENOSYS;
	assert_int_equal(scan_open(&scan, NO_FILE), -1);
	refuse_shmctl = 0;
	assert_int_equal(errno, ENOSYS);
}

static void a_slot_that_cannot_be_read_is_an_error_and_not_empty(void **state)
{
	struct segment segment;
	struct scan scan;

	(void)state;
	assert_int_equal(scan_open(&scan, NO_FILE), 0);
	refuse_shmctl = EACCES;
	assert_int_equal(scan_next(&scan, &segment), -1);
	refuse_shmctl = 0;
	assert_int_equal(errno, EACCES);
}

static void a_survey_judges_what_it_scans(void **state)
{
	int id = CREATE(0, 4096, 0600);
	struct survey survey;
	struct finding finding;

	(void)state;
	assert_int_equal(survey_open(&survey, PROCFS_SHM), 0);
	assert_int_equal(survey_next(&survey, &finding), 1);
	assert_int_equal(finding.segment.id, id);
	assert_int_equal(finding.verdict.state, STATE_IDLE);
	assert_int_equal(finding.verdict.creator, FATE_RUNNING);
	assert_int_equal(finding.verdict.last, FATE_NOBODY);
	assert_int_equal(finding.creator.pid, getpid());
	assert_int_equal(survey_next(&survey, &finding), 0);
	survey_close(&survey);
	assert_int_equal(sysv_remove(id), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_heading_alone_is_an_empty_table),
		cmocka_unit_test(every_row_arrives_once_and_in_order),
		cmocka_unit_test(a_file_without_the_heading_is_an_error_and_not_empty),
		cmocka_unit_test(a_bad_line_is_an_error_that_knows_its_number),
		cmocka_unit_test(a_line_without_end_is_an_error_and_no_loop),
		cmocka_unit_test(a_file_that_cannot_be_read_is_an_error),
		cmocka_unit_test(what_is_no_file_is_refused_without_waiting),
		cmocka_unit_test(a_table_without_end_ends_in_an_error),
		cmocka_unit_test(without_the_file_the_kernel_tells_the_same_but_rss),
		cmocka_unit_test(a_file_that_is_there_but_refused_is_not_replaced),
		cmocka_unit_test(an_empty_system_has_no_segments_either_way),
		cmocka_unit_test(neither_file_nor_call_is_an_error),
		cmocka_unit_test(a_slot_that_cannot_be_read_is_an_error_and_not_empty),
		cmocka_unit_test(a_survey_judges_what_it_scans),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The record of a removal, as it arrives in the log. */
#include "unit.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#include "lib/verdict.h"
#include "log.h"
#include "names.h"

static char logged[1024]; /* the last record */
static int priority_was, ended;
static int connect_error, send_error;
static unsigned int connects, send_fails; /* how often send() does */
static const char *login; /* what /proc/self/loginuid says; NULL: it is not there */
static unsigned int streams, stream_fails; /* which open_memstream() does; 0: none */

int __wrap_connect(int fd, const struct sockaddr *address, socklen_t length);
ssize_t __wrap_send(int fd, const void *text, size_t length, int flags);
FILE *__real_fopen(const char *path, const char *mode);
FILE *__wrap_fopen(const char *path, const char *mode);
FILE *__wrap_fopen64(const char *path, const char *mode);
FILE *__real_open_memstream(char **text, size_t *length);
FILE *__wrap_open_memstream(char **text, size_t *length);

int __wrap_connect(int fd, const struct sockaddr *address, socklen_t length)
{
	(void)fd;
	(void)length;
	assert_string_equal(((const struct sockaddr_un *)address)->sun_path, "/dev/log");
	connects++;
	if (!connect_error)
		return 0;
	errno = connect_error;
	return -1;
}

/* Take what is after the header, and prove that. */
ssize_t __wrap_send(int fd, const void *text, size_t length, int flags)
{
	char header[100];
	const char *from = text, *end;

	(void)fd;
	assert_int_equal(flags, MSG_NOSIGNAL);
	if (send_fails) {
		send_fails--;
		errno = send_error;
		return -1;
	}
	snprintf(header, sizeof(header), " shmtool[%d]: ", getpid());
	end = strstr(from, header);
	assert_non_null(end);
	assert_true(from[0] == '<' && end == from + strlen("<29>Dec  1 02:03:04"));
	priority_was = atoi(from + 1);
	snprintf(logged, sizeof(logged), "%.*s",
		 (int)(length - (size_t)(end - from) - strlen(header)),
		 end + strlen(header));
	return (ssize_t)length;
}

FILE *__wrap_fopen(const char *path, const char *mode)
{
	if (strcmp(path, "/proc/self/loginuid") != 0)
		return __real_fopen(path, mode);
	return login ? fmemopen((void *)(uintptr_t)login, strlen(login), "r") : NULL;
}

FILE *__wrap_fopen64(const char *path, const char *mode)
{
	return __wrap_fopen(path, mode);
}

FILE *__wrap_open_memstream(char **text, size_t *length)
{
	return ++streams == stream_fails ? NULL : __real_open_memstream(text, length);
}

/* Log that a segment was removed for this reason. Users of these numbers have no names. */
static const char *record(const char *why)
{
	const struct finding finding = {.segment = {.id = 7,
						    .key = 0x1b207,
						    .size = 4096,
						    .uid = 852516354,
						    .cuid = 852516355,
						    .cpid = 11,
						    .lpid = 12}};
	struct names names = {0};
	struct log log;

	logged[0] = '\0';
	streams = connects = 0;
	log_begin(&log, &names);
	log_removal(&log, "removed", &finding, why);
	ended = log_end(&log);
	names_release(&names);
	return logged;
}

/* What a record is, where this stands for who has done it. */
static void expect(const char *who, const char *why)
{
	char expected[sizeof(logged)];

	snprintf(expected, sizeof(expected),
		 "removed segment 7: key=0x0001b207 size=4096 "
		 "owner=852516354(852516354) creator=852516355(852516355) "
		 "cpid=11 lpid=12%s with=test-log: %s",
		 who, why);
	assert_string_equal(logged, expected);
}

static const char *caller(void)
{
	static char text[100];
	struct names names = {0};

	snprintf(text, sizeof(text), " by=%s(%u)", names_user(&names, getuid()),
		 getuid());
	names_release(&names);
	return text;
}

static void a_record_says_what_it_was_and_who_removed_it(void **state)
{
	(void)state;
	record("a reason");
	assert_int_equal(priority_was, LOG_DAEMON | LOG_NOTICE);
	expect(caller(), "a reason");
}

static void who_has_logged_in_is_named_where_the_kernel_knows(void **state)
{
	char who[200];

	(void)state;
	login = "852516356";
	snprintf(who, sizeof(who), "%s login=852516356(852516356)", caller());
	record("a reason");
	expect(who, "a reason");
	login = "4294967295"; /* nobody has */
	record("a reason");
	expect(caller(), "a reason");
	login = "nonsense";
	record("a reason");
	expect(caller(), "a reason");
	login = NULL;
}

static void the_text_of_others_cannot_pass_for_a_record(void **state)
{
	(void)state;
	record("x\nremoved segment 8\x1b[31m");
	expect(caller(), "x\\x0aremoved segment 8\\x1b[31m");
}

static void without_memory_there_is_less_of_a_record_or_none(void **state)
{
	(void)state;
	stream_fails = 1;
	record("a reason");
	expect("", "a reason");
	stream_fails = 2;
	assert_string_equal(record("a reason"), "");
	assert_int_equal(ended, -1);
	stream_fails = 0;
}

static void a_daemon_that_was_started_anew_gets_the_record(void **state)
{
	(void)state;
	send_fails = 1;
	send_error = ECONNREFUSED;
	record("a reason");
	expect(caller(), "a reason");
	assert_int_equal(ended, 0);
	assert_int_equal(connects, 2);
}

static void where_nobody_listens_nothing_is_missed_and_else_it_is(void **state)
{
	(void)state;
	connect_error = ENOENT;
	assert_string_equal(record("a reason"), "");
	assert_int_equal(ended, 0);
	connect_error = ENOMEM;
	assert_string_equal(record("a reason"), "");
	assert_int_equal(ended, -1);
	connect_error = 0;
	send_fails = 1;
	send_error = EMSGSIZE;
	assert_string_equal(record("a reason"), "");
	assert_int_equal(ended, -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_record_says_what_it_was_and_who_removed_it),
		cmocka_unit_test(who_has_logged_in_is_named_where_the_kernel_knows),
		cmocka_unit_test(the_text_of_others_cannot_pass_for_a_record),
		cmocka_unit_test(without_memory_there_is_less_of_a_record_or_none),
		cmocka_unit_test(a_daemon_that_was_started_anew_gets_the_record),
		cmocka_unit_test(where_nobody_listens_nothing_is_missed_and_else_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

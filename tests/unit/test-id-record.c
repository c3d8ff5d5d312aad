/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "lib/id-record.h"

#define BOOT "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"

static const struct id_record typical = {
	.segment = {.id = 5242900,
		    .key = 0x1b207,
		    .size = 4096,
		    .cuid = 1000,
		    .cgid = 100,
		    .cpid = 812},
	.origin = {BOOT, 4026531839, 4026531836},
};

static const char typical_text[] =
	"5242900\n"
	"key=0x0001b207 size=4096 cuid=1000 cgid=100 cpid=812 pidns=4026531836 "
	"ipcns=4026531839 boot=" BOOT "\n";

static int parse(const char *text, struct id_record *record)
{
	return id_record_parse(text, strlen(text), record);
}

static void the_first_line_is_the_id_alone(void **state)
{
	char text[ID_RECORD_ROOM];

	(void)state;
	assert_int_equal(id_record_format(&typical, text), strlen(typical_text));
	assert_string_equal(text, typical_text);
}

static void what_was_written_is_read(void **state)
{
	struct id_record record, largest;
	char text[ID_RECORD_ROOM];

	(void)state;
	assert_int_equal(parse(typical_text, &record), 0);
	assert_true(id_record_names(&record, &typical.origin, &typical.segment));
	assert_int_equal(record.segment.id, 5242900);
	assert_int_equal(record.segment.key, 0x1b207);
	assert_int_equal(record.segment.size, 4096);
	assert_int_equal(record.segment.cuid, 1000);
	assert_int_equal(record.segment.cgid, 100);
	assert_int_equal(record.segment.cpid, 812);

	largest = (struct id_record){
		.segment = {.id = INT32_MAX,
			    .key = UINT32_MAX,
			    .size = UINT64_MAX,
			    .cuid = UINT32_MAX,
			    .cgid = UINT32_MAX,
			    .cpid = INT32_MAX},
		.origin = {BOOT, UINT64_MAX, UINT64_MAX},
	};
	assert_true(id_record_format(&largest, text) < sizeof(text));
	assert_int_equal(parse(text, &record), 0);
	assert_true(id_record_names(&record, &largest.origin, &largest.segment));
}

static void refuse(const char *text, size_t length)
{
	struct id_record record;

	errno = 0;
	assert_int_equal(id_record_parse(text, length, &record), -1);
	assert_int_equal(errno, EBADMSG);
}

static void each_part_of_it_is_none(void **state)
{
	(void)state;
	for (size_t length = 0; length < strlen(typical_text); length++)
		refuse(typical_text, length);
}

static void with_any_byte_changed_it_is_none_or_another(void **state)
{
	char text[sizeof(typical_text)], again[ID_RECORD_ROOM];
	struct id_record record;

	(void)state;
	for (size_t i = 0; i < strlen(typical_text); i++)
		for (int byte = 0; byte < 256; byte++) {
			strcpy(text, typical_text);
			text[i] = (char)byte;
			if (id_record_parse(text, strlen(typical_text), &record))
				continue;
			id_record_format(&record, again);
			assert_memory_equal(again, text, strlen(typical_text));
		}
}

static void what_somebody_else_has_written_is_none(void **state)
{
	static const char rest[] =
		"\nkey=0x0001b207 size=4096 cuid=1000 cgid=100 cpid=812 "
		"pidns=1 ipcns=2 boot=" BOOT "\n";
	static const char *const ids[] = {
		"-1",  "+1", " 1", "01",	 "1 ",	       "0x1",
		"\n1", "",   "a",  "2147483648", "4294967297", "99999999999999999999"};
	static const char *const texts[] = {
		"\n",
		"812\n",
		"127.0.0.1 localhost\n",
		"1\nkey=0x1b207 size=1 cuid=1 cgid=1 cpid=1 pidns=1 ipcns=1 boot=" BOOT
		"\n",
		"1\nkey=0x0001B207 size=1 cuid=1 cgid=1 cpid=1 pidns=1 ipcns=1 boot=" BOOT
		"\n",
		"1\nkey=0x100000000 size=1 cuid=1 cgid=1 cpid=1 pidns=1 ipcns=1 boot=" BOOT
		"\n",
		"1\nkey=0x00000001 size=1 cuid=4294967296 cgid=1 cpid=1 pidns=1 ipcns=1 boot=" BOOT
		"\n",
		"1\nkey=0x00000001 size=1 cuid=1 cgid=1 cpid=-1 pidns=1 ipcns=1 boot=" BOOT
		"\n",
		"1\nkey=0x00000001 size=1 cuid=1 cgid=1 cpid=4294967295 pidns=1 ipcns=1 boot=" BOOT
		"\n",
		"1\nkey=0x00000001 size=1 cuid=1 cgid=1 cpid=1 pidns=1 ipcns=1 boot=" BOOT,
		"1\nkey=0x00000001 size=1 cuid=1 cgid=1 cpid=1 pidns=1 ipcns=1 boot=" BOOT
		"0\n",
		"1\nkey=0x00000001 size=1 cuid=1 cgid=1 cpid=1 pidns=1 ipcns=1 boot=\n",
		"1\nkey=0x00000001 size=1 cuid=1 cgid=1 cpid=1 pidns=1 ipcns=1 "
		"boot=0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1fg\n",
		"1\nkey=0x00000001 size=1 cuid=1 cgid=1 cpid=1 pidns=1 ipcns=1 boot=" BOOT
		"\n\n",
		"1\r\nkey=0x00000001 size=1 cuid=1 cgid=1 cpid=1 pidns=1 ipcns=1 boot=" BOOT
		"\r\n",
	};
	char text[1024] = "";

	(void)state;
	for (size_t i = 0; i < COUNT(ids); i++) {
		snprintf(text, sizeof(text), "%s%s", ids[i], rest);
		refuse(text, strlen(text));
	}
	for (size_t i = 0; i < COUNT(texts); i++)
		refuse(texts[i], strlen(texts[i]));
	memset(text, '1', sizeof(text));
	refuse(text, sizeof(text));
	/* A byte that ends a string in C is no end. */
	strcpy(text, typical_text);
	refuse(text, strlen(typical_text) + 1);
}

static void a_segment_is_named_until_it_is_another(void **state)
{
	struct segment segment = typical.segment;

	(void)state;
	segment.uid = segment.gid = 5;
	segment.mode = 0777;
	segment.ctime = 99;
	segment.nattch = 3;
	segment.lpid = 4;
	assert_true(id_record_names(&typical, &typical.origin, &segment));
	segment.key = 0;
	assert_false(id_record_names(&typical, &typical.origin, &segment));
	segment.dest = true;
	assert_true(id_record_names(&typical, &typical.origin, &segment));
	segment.size++;
	assert_false(id_record_names(&typical, &typical.origin, &segment));
	segment = typical.segment;
	segment.cpid++;
	assert_false(id_record_names(&typical, &typical.origin, &segment));
	segment = typical.segment;
	segment.cuid++;
	assert_false(id_record_names(&typical, &typical.origin, &segment));
	segment = typical.segment;
	segment.id++;
	assert_false(id_record_names(&typical, &typical.origin, &segment));
}

static void another_boot_or_namespace_has_other_segments(void **state)
{
	struct origin here = typical.origin;
	struct segment segment = typical.segment;

	(void)state;
	here.boot[3] = 'f';
	assert_false(id_record_names(&typical, &here, &segment));
	here = typical.origin;
	here.ipc_namespace++;
	assert_false(id_record_names(&typical, &here, &segment));
	/* There the creator has another number, or none. */
	here = typical.origin;
	here.pid_namespace++;
	segment.cpid = 0;
	assert_true(id_record_names(&typical, &here, &segment));
}

static void the_origin_stays_the_same(void **state)
{
	struct origin a, b;

	(void)state;
	assert_int_equal(origin_read(&a), 0);
	assert_int_equal(origin_read(&b), 0);
	assert_memory_equal(&a, &b, sizeof(a));
	assert_int_equal(strlen(a.boot), ORIGIN_BOOT_ROOM - 1);
	assert_true(a.ipc_namespace && a.pid_namespace);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_line_is_the_id_alone),
		cmocka_unit_test(what_was_written_is_read),
		cmocka_unit_test(each_part_of_it_is_none),
		cmocka_unit_test(with_any_byte_changed_it_is_none_or_another),
		cmocka_unit_test(what_somebody_else_has_written_is_none),
		cmocka_unit_test(a_segment_is_named_until_it_is_another),
		cmocka_unit_test(another_boot_or_namespace_has_other_segments),
		cmocka_unit_test(the_origin_stays_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

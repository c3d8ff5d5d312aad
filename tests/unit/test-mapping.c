/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /proc/PID/maps as text: single lines, and files that nobody's kernel wrote. */
#include "unit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "lib/mapping.h"

#define RANGE "7faa76e50000-7faa76e52000"
#define SPACE "                          "

static int stat_error; /* that fstat(2) gives */

int __wrap_fstat(int fd, struct stat *stat);
int __wrap_fstat64(int fd, struct stat *stat);

int __wrap_fstat(int fd, struct stat *stat)
{
	if (stat_error) {
		errno = stat_error;
		return -1;
	}
	return fstatat(fd, "", stat, AT_EMPTY_PATH);
}

int __wrap_fstat64(int fd, struct stat *stat)
{
	return __wrap_fstat(fd, stat);
}

static void a_line_of_a_segment_gives_device_id_key_and_access(void **state)
{
	struct mapping mapping;

	(void)state;
	assert_true(mapping_parse_line(RANGE " rw-s 00000000 00:01 32769" SPACE
					     "/SYSV0001b207 (deleted)",
				       &mapping));
	assert_true(mapping.start == 0x7faa76e50000);
	assert_true(mapping.device == makedev(0, 1));
	assert_int_equal(mapping.id, 32769);
	assert_int_equal(mapping.key, 0x1b207);
	assert_true(mapping.writable);
}

static void the_largest_values_are_taken(void **state)
{
	struct mapping mapping;

	(void)state;
	assert_true(mapping_parse_line("ffffffffff600000-ffffffffff601000 --xs "
				       "fffffffffffff000 fff:fffff 2147483647 "
				       "/SYSVffffffff (deleted)",
				       &mapping));
	assert_true(mapping.device == makedev(0xfff, 0xfffff));
	assert_int_equal(mapping.id, INT32_MAX);
	assert_true(mapping.key == UINT32_MAX);
	assert_false(mapping.writable);
}

static void what_is_not_of_a_segment_is_refused(void **state)
{
	static const char *const bad[] = {
		"",
		RANGE,
		RANGE " rw-s",
		RANGE " rw-s 00000000 00:01 1",
		RANGE " rw-s 00000000 00:01 1 ",
		RANGE " rw-s 00000000 00:01 1/SYSV00000000 (deleted)",
		RANGE " rw-p 00000000 00:01 1 /SYSV00000000 (deleted)",
		RANGE " rws  00000000 00:01 1 /SYSV00000000 (deleted)",
		RANGE " Rw-s 00000000 00:01 1 /SYSV00000000 (deleted)",
		RANGE "  rw-s 00000000 00:01 1 /SYSV00000000 (deleted)",
		RANGE " rw-s 00000000 0001 1 /SYSV00000000 (deleted)",
		RANGE " rw-s 00000000 :01 1 /SYSV00000000 (deleted)",
		RANGE " rw-s 00000000 100000000:01 1 /SYSV00000000 (deleted)",
		RANGE " rw-s 00000000 00:100000000 1 /SYSV00000000 (deleted)",
		RANGE " rw-s 00000000 00:01 -1 /SYSV00000000 (deleted)",
		RANGE " rw-s 00000000 00:01 a /SYSV00000000 (deleted)",
		RANGE " rw-s 00000000 00:01 2147483648 /SYSV00000000 (deleted)",
		RANGE " rw-s 00000000 00:01 18446744073709551617 /SYSV00000000 (deleted)",
		RANGE " rw-s 10000000000000000 00:01 1 /SYSV00000000 (deleted)",
		RANGE " rw-s 00000000 00:01 1 /SYSV00000000",
		RANGE " rw-s 00000000 00:01 1 /SYSV00000000 (deleted) ",
		RANGE " rw-s 00000000 00:01 1 /SYSV00000000 (deleted)\n",
		RANGE " rw-s 00000000 00:01 1 /SYSV00000000 (deleted) (deleted)",
		RANGE " rw-s 00000000 00:01 1 /SYSV0000000 (deleted)",
		RANGE " rw-s 00000000 00:01 1 /SYSV000000000 (deleted)",
		RANGE " rw-s 00000000 00:01 1 /SYSV0000000g (deleted)",
		RANGE " rw-s 00000000 00:01 1 /SYSV0000000A (deleted)",
		RANGE " rw-s 00000000 00:01 1 /SYSV 0000000 (deleted)",
		RANGE " rw-s 00000000 00:01 1 /SYSV0x000000 (deleted)",
		RANGE " rw-s 00000000 00:01 1 SYSV00000000 (deleted)",
		RANGE " rw-s 00000000 00:01 1 //SYSV00000000 (deleted)",
		RANGE " rw-s 00000000 00:01 1 /tmp/SYSV00000000 (deleted)",
		RANGE " rw-s 00000000 00:01 1 /memfd:SYSV00000000 (deleted)",
		RANGE " rw-s 00000000 00:01 1 /memfd:x\\012/SYSV00000000 (deleted)",
		RANGE " rw-s 00000000 00:01 1 /dev/zero (deleted)",
		" " RANGE " rw-s 00000000 00:01 1 /SYSV00000000 (deleted)",
		"-7faa76e52000 rw-s 00000000 00:01 1 /SYSV00000000 (deleted)",
		"7faa76e50000 7faa76e52000 rw-s 00000000 00:01 1 /SYSV00000000 (deleted)",
		"17faa76e500000000-1 rw-s 00000000 00:01 1 /SYSV00000000 (deleted)",
	};
	struct mapping mapping = {.id = 77};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		if (mapping_parse_line(bad[i], &mapping) || mapping.id != 77)
			fail_msg("taken: %s", bad[i]);
}

/* A line of a segment as the kernel would write it here. */
static void print_segment(FILE *file, int id)
{
	int fd = memfd_create("test", MFD_CLOEXEC);
	struct stat stat;

	assert_int_equal(fstat(fd, &stat), 0);
	close(fd);
	fprintf(file,
		RANGE " rw-s 00000000 %02x:%02x %d" SPACE "/SYSV00000005 (deleted)\n",
		major(stat.st_dev), minor(stat.st_dev), id);
}

#define TEMPLATE "/tmp/shmtool-mapping-XXXXXX"

/* A directory with a file "maps": what print() writes, and the segments 1 and 2 around. */
static int make_maps(char *path, void (*print)(FILE *file))
{
	int directory;
	FILE *file;

	assert_non_null(mkdtemp(path));
	directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	file = fdopen(openat(directory, "maps", O_WRONLY | O_CREAT | O_CLOEXEC, 0600),
		      "w");
	assert_non_null(file);
	print_segment(file, 1);
	print(file);
	print_segment(file, 2);
	fclose(file);
	return directory;
}

static void remove_maps(const char *path, int directory)
{
	unlinkat(directory, "maps", 0);
	close(directory);
	rmdir(path);
}

/* Only segments 1 and 2 are found around what print() writes. */
static void finds_nothing_in(void (*print)(FILE *file))
{
	char path[] = TEMPLATE;
	int directory = make_maps(path, print);
	struct mappings mappings;
	struct mapping mapping;

	assert_int_equal(mappings_init(&mappings, false), 0);
	assert_int_equal(mappings_open(&mappings, directory), 0);
	for (int id = 1; id <= 2; id++) {
		assert_int_equal(mappings_next(&mappings, &mapping), 1);
		assert_int_equal(mapping.id, id);
		assert_int_equal(mapping.key, 5);
		assert_int_equal(mapping.page_size, sysconf(_SC_PAGESIZE));
	}
	assert_int_equal(mappings_next(&mappings, &mapping), 0);
	assert_true(mappings.text); /* a plain file answers no PROCMAP_QUERY */
	mappings_close(&mappings);
	remove_maps(path, directory);
}

static void print_foreign_devices(FILE *file)
{
	for (unsigned int minor = 0; minor < 1000; minor++)
		fprintf(file, RANGE " rw-s 00000000 fe:%02x 7 /SYSV00000000 (deleted)\n",
			minor);
}

static void a_name_on_another_device_is_not_of_a_segment(void **state)
{
	(void)state;
	finds_nothing_in(print_foreign_devices);
}

static void print_long_lines(FILE *file)
{
	/* Lengths around that of the buffer, each ending as a segment would. */
	for (int length = 8000; length < 8400; length++) {
		fprintf(file, RANGE " rw-s 00000000 00:01 7 /%*s", length, "");
		fputs(RANGE " rw-s 00000000 00:01 7 /SYSV00000000 (deleted)\n", file);
	}
	fprintf(file, RANGE " rw-s 00000000 00:01 7 /%*s\n", 100000, "x");
}

static void the_end_of_a_line_that_is_too_long_is_not_a_line(void **state)
{
	(void)state;
	finds_nothing_in(print_long_lines);
}

static void print_garbage(FILE *file)
{
	unsigned int random = 1;

	for (int i = 0; i < 100000; i++) {
		random = random * 1103515245 + 12345;
		fputc((int)(random >> 16 & 0xff), file);
	}
	fputc('\n', file);
}

static void garbage_is_passed_over(void **state)
{
	(void)state;
	finds_nothing_in(print_garbage);
}

static void a_last_line_without_its_end_is_not_taken(void **state)
{
	char path[] = TEMPLATE;
	int directory = make_maps(path, print_foreign_devices), file, found = 0;
	struct mappings mappings;
	struct mapping mapping;
	struct stat stat;

	(void)state;
	file = openat(directory, "maps", O_RDWR | O_CLOEXEC);
	assert_int_equal(fstat(file, &stat), 0);
	assert_int_equal(ftruncate(file, stat.st_size - 1), 0);
	close(file);
	assert_int_equal(mappings_init(&mappings, true), 0);
	assert_int_equal(mappings_open(&mappings, directory), 0);
	while (mappings_next(&mappings, &mapping) > 0)
		found++;
	assert_int_equal(found, 1);
	mappings_close(&mappings);
	remove_maps(path, directory);
}

static void who_cannot_learn_the_device_of_segments_finds_none(void **state)
{
	struct mappings mappings;

	(void)state;
	stat_error = EOVERFLOW;
	assert_int_equal(mappings_init(&mappings, false), -1);
	assert_int_equal(errno, EOVERFLOW);
	stat_error = 0;
}

static void a_directory_without_maps_is_an_error(void **state)
{
	int directory = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct mappings mappings;

	(void)state;
	assert_int_equal(mappings_init(&mappings, false), 0);
	assert_int_equal(mappings_open(&mappings, directory), -1);
	assert_int_equal(errno, ENOENT);
	mappings_close(&mappings);
	close(directory);
}

static void a_file_is_that_of_a_mapping_by_device_and_number(void **state)
{
	const struct mapping mapping = {.device = makedev(0, 1), .id = 32779};
	struct stat file = {.st_dev = makedev(0, 1), .st_ino = 32779};

	(void)state;
	assert_true(mapping_is_of(&mapping, &file));
	file.st_dev = makedev(0, 26);
	assert_false(mapping_is_of(&mapping, &file));
	file.st_dev = mapping.device;
	file.st_ino += (ino_t)1 << 32;
	assert_false(mapping_is_of(&mapping, &file));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_of_a_segment_gives_device_id_key_and_access),
		cmocka_unit_test(the_largest_values_are_taken),
		cmocka_unit_test(what_is_not_of_a_segment_is_refused),
		cmocka_unit_test(a_name_on_another_device_is_not_of_a_segment),
		cmocka_unit_test(the_end_of_a_line_that_is_too_long_is_not_a_line),
		cmocka_unit_test(garbage_is_passed_over),
		cmocka_unit_test(a_last_line_without_its_end_is_not_taken),
		cmocka_unit_test(who_cannot_learn_the_device_of_segments_finds_none),
		cmocka_unit_test(a_directory_without_maps_is_an_error),
		cmocka_unit_test(a_file_is_that_of_a_mapping_by_device_and_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <ftw.h>
#include <sys/ipc.h>
#include <sys/stat.h>

#include "lib/ftok.h"

static int compare(const char *path, const struct stat *unused, int type,
		   struct FTW *position)
{
	static const int projs[] = {1, 'R', 127, 128, 255};
	struct stat seen;

	(void)unused, (void)type, (void)position;
	if (stat(path, &seen))
		return 0; /* a link to nothing, or gone */
	for (size_t i = 0; i < COUNT(projs); i++) {
		const uint32_t real = (uint32_t)ftok(path, projs[i]);
		const uint32_t ours = ftok_key(seen.st_ino, seen.st_dev,
					       (uint8_t)projs[i]);

		if (ours != real) {
			print_error("%s, %d: %08x is not %08x\n", path, projs[i], ours,
				    real);
			return 1;
		}
	}
	return 0;
}

static void it_makes_the_keys_of_the_c_library(void **state)
{
	(void)state;
	assert_int_equal(nftw("/usr/include", compare, 16, FTW_PHYS), 0);
	assert_int_equal(nftw("/dev", compare, 16, FTW_PHYS), 0);
	assert_int_equal(nftw("/etc", compare, 16, FTW_PHYS), 0);
	assert_int_equal(compare("/proc/self", NULL, 0, NULL), 0);
}

static void only_low_bits_count(void **state)
{
	(void)state;
	assert_int_equal(ftok_key(0x12345678, 0xfe01, 'R'), 0x52015678);
	assert_int_equal(ftok_key(0x99995678, 0x1301, 'R'), 0x52015678);
	assert_int_equal(ftok_key(0xffffffffffffffff, 0xffffffffffffffff, 255),
			 0xffffffff);
	assert_int_equal(ftok_key(0x10000, 0x100, 1), 0x01000000);
}

static void a_key_tells_its_parts(void **state)
{
	(void)state;
	assert_int_equal(ftok_proj(0xff015678), 255);
	assert_int_equal(ftok_inode(0x5201fffe), 0xfffe);
	assert_true(ftok_makes(0x52015678, 0x12345678, 0xfe01));
	assert_true(ftok_makes(0x00015678, 0x12345678, 0xfe01));
	assert_false(ftok_makes(0x52015678, 0x12345679, 0xfe01));
	assert_false(ftok_makes(0x52015678, 0x12345678, 0xfe02));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_makes_the_keys_of_the_c_library),
		cmocka_unit_test(only_low_bits_count),
		cmocka_unit_test(a_key_tells_its_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

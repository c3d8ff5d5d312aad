/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "utf8.h"

static uint32_t decode(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;
	const unsigned int length = utf8_length(p);

	assert_int_equal(length, strlen(text));
	return utf8_decode(p, length);
}

static void the_first_and_last_of_each_length_are_decoded(void **state)
{
	(void)state;
	assert_int_equal(decode("\x01"), 0x01);
	assert_int_equal(decode("\x7f"), 0x7f);
	assert_int_equal(decode("\xc2\x80"), 0x80);
	assert_int_equal(decode("\xdf\xbf"), 0x7ff);
	assert_int_equal(decode("\xe0\xa0\x80"), 0x800);
	assert_int_equal(decode("\xef\xbf\xbf"), 0xffff);
	assert_int_equal(decode("\xf0\x90\x80\x80"), 0x10000);
	assert_int_equal(decode("\xf4\x8f\xbf\xbf"), 0x10ffff);
}

static void controls_and_what_is_not_seen_mislead(void **state)
{
	static const uint32_t
		misleading
			[] =
				{
					0x00,
					0x1b,
					0x0a,
					0x1f,
					0x7f,
					0x80,
					0x9b,
					0x9f, /* controls */
					0xad,
					0x34f,
					0x200b,
					0x200c,
					0x200d,
					0x2060,
					0xfeff, /* not seen */
					0x202a,
					0x202b,
					0x202c,
					0x202d,
					0x202e, /* another order */
					0x2066,
					0x2067,
					0x2068,
					0x2069,
					0x200e,
					0x200f,
					0x61c,
					0x2028,
					0x2029, /* another line */
					0x115f,
					0x1160,
					0x3164,
					0xffa0, /* blank letters */
					0x180e,
					0xfe00,
					0xfe0f,
					0xe0100, /* variants */
					0xe0001,
					0xe0041,
					0xe007f, /* ASCII as tags, not seen */
					0xfff9,
					0xfffa,
					0xfffb,
					0x1d173, /* annotations, of texts and of music */
				};

	(void)state;
	for (size_t i = 0; i < COUNT(misleading); i++)
		if (!utf8_misleads(misleading[i]))
			fail_msg("U+%04x", misleading[i]);
}

static void letters_signs_and_spaces_do_not_mislead(void **state)
{
	static const uint32_t honest[] = {
		' ',	'~',	 0xa0,	  0xa1,	   0xac,     0xae,   0xe9,
		0x301,	0x5d0,	 0x61b,	  0x61d,   0x627,    0x1161, 0x180a,
		0x200a, 0x2010,	 0x2027,  0x202f,  0x205f,   0x2070, 0x20ac,
		0x3042, 0x4e2d,	 0xfdff,  0xfe10,  0xfefe,   0xff9f, 0xfffc,
		0xfffd, 0x1f427, 0xdffff, 0xe1000, 0x10ffff,
	};

	(void)state;
	for (size_t i = 0; i < COUNT(honest); i++)
		if (utf8_misleads(honest[i]))
			fail_msg("U+%04x", honest[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_and_last_of_each_length_are_decoded),
		cmocka_unit_test(controls_and_what_is_not_seen_mislead),
		cmocka_unit_test(letters_signs_and_spaces_do_not_mislead),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

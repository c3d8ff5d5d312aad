/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <stdlib.h>

#include "json.h"

/* The document that says {"a": [ {text} ]} with one key and this text. */
static char *write_text(const char *text)
{
	char *document = NULL;
	size_t length;
	struct json json = {.file = open_memstream(&document, &length)};

	json_open_object(&json, NULL);
	json_text(&json, "t", text);
	json_close_object(&json);
	fclose(json.file);
	return document;
}

static void expect_text(const char *text, const char *written)
{
	char *document = write_text(text), expected[128];

	snprintf(expected, sizeof(expected), "{\"t\": \"%s\"}", written);
	assert_string_equal(document, expected);
	free(document);
}

static void quotes_backslashes_and_controls_are_escaped(void **state)
{
	(void)state;
	expect_text("plain", "plain");
	expect_text("a\"b\\c", "a\\\"b\\\\c");
	expect_text("\x1b[31m\n\t\x7f", "\\u001b[31m\\u000a\\u0009\\u007f");
}

static void utf8_passes_and_other_bytes_do_not(void **state)
{
	(void)state;
	expect_text("\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\xa7",
		    "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\xa7");
	expect_text("\xc2\x9b \xc2\xa0", "\\u009b \xc2\xa0");
	expect_text("\xff", "\\ufffd");
	expect_text("a\x80z", "a\\ufffdz");
	expect_text("\xc3", "\\ufffd");					 /* cut short */
	expect_text("\xe2\x82", "\\ufffd\\ufffd");			 /* cut short */
	expect_text("\xc0\xaf", "\\ufffd\\ufffd");			 /* overlong */
	expect_text("\xe0\x80\xaf", "\\ufffd\\ufffd\\ufffd");		 /* overlong */
	expect_text("\xed\xa0\x80", "\\ufffd\\ufffd\\ufffd");		 /* a surrogate */
	expect_text("\xf4\x90\x80\x80", "\\ufffd\\ufffd\\ufffd\\ufffd"); /* too high */
	expect_text("\xf5\x80\x80\x80", "\\ufffd\\ufffd\\ufffd\\ufffd");
}

static void what_misleads_is_escaped_and_means_the_same(void **state)
{
	(void)state;
	expect_text("\xe2\x80\xae"
		    "gnp\xe2\x81\xa9",
		    "\\u202egnp\\u2069");
	expect_text("\xd8\x9c\xef\xbb\xbf\xe2\x80\xa8", "\\u061c\\ufeff\\u2028");
	/* Beyond 16 bits, as a pair. */
	expect_text("\xf3\xa0\x80\x81", "\\udb40\\udc01");
}

static void commas_and_lines_stand_where_they_belong(void **state)
{
	char *document = NULL;
	size_t length;
	struct json json = {.file = open_memstream(&document, &length)};

	(void)state;
	json_open_object(&json, NULL);
	json_open_array(&json, "a");
	for (int i = 0; i < 2; i++) {
		json_open_object(&json, NULL);
		json_unsigned(&json, "u", UINT64_MAX);
		json_signed(&json, "s", -1);
		json_hundredths(&json, "h", 105);
		json_bool(&json, "b", i);
		json_null(&json, "n");
		json_close_object(&json);
	}
	json_close_array(&json);
	json_open_array(&json, "none");
	json_close_array(&json);
	json_close_object(&json);
	json_end(&json);
	fclose(json.file);
	assert_string_equal(document,
			    "{\"a\": [\n"
			    "  {\"u\": 18446744073709551615, \"s\": -1, \"h\": 1.05, "
			    "\"b\": false, \"n\": null},\n"
			    "  {\"u\": 18446744073709551615, \"s\": -1, \"h\": 1.05, "
			    "\"b\": true, \"n\": null}\n"
			    "], \"none\": []}\n");
	free(document);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quotes_backslashes_and_controls_are_escaped),
		cmocka_unit_test(utf8_passes_and_other_bytes_do_not),
		cmocka_unit_test(what_misleads_is_escaped_and_means_the_same),
		cmocka_unit_test(commas_and_lines_stand_where_they_belong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

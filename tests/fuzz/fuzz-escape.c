/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text of others, on its way to a terminal or into a document; and bytes to be looked at. */
#include "fuzz.h"

#include <locale.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

#include "format.h"
#include "hexdump.h"
#include "json.h"
#include "texts.h"
#include "utf8.h"

/* Nothing of it is obeyed by a terminal; and what is escaped is not lost. */
static void check_terminal(const char *text)
{
	mbstate_t state = {0};
	char *printed = NULL;
	wchar_t wide;
	size_t size, length;
	FILE *file = open_memstream(&printed, &size);

	FUZZ_CHECK(file);
	format_put_safe(text, file);
	FUZZ_CHECK(fclose(file) == 0 && strlen(printed) == size && size >= strlen(text));
	for (char *p = printed; *p; p += length) {
		length = mbrtowc(&wide, p, strlen(p), &state);
		FUZZ_CHECK(length <= MB_CUR_MAX && iswprint((wint_t)wide));
		FUZZ_CHECK(!utf8_misleads((uint32_t)wide));
	}
	free(printed);
}

/* A string of RFC 8259: no control, no quote that ends it early, and all UTF-8. */
static void check_json(const char *text)
{
	char *printed = NULL;
	size_t size;
	FILE *file = open_memstream(&printed, &size);
	struct json json = {.file = file};
	const unsigned char *p, *end;

	FUZZ_CHECK(file);
	json_text(&json, NULL, text);
	FUZZ_CHECK(fclose(file) == 0 && strlen(printed) == size);
	p = (const unsigned char *)strchr(printed, '"');
	end = (const unsigned char *)strrchr(printed, '"');
	FUZZ_CHECK(p && end > p);
	for (p++; p < end; p += utf8_length(p)) {
		FUZZ_CHECK(utf8_length(p) && *p >= ' ' && *p != '"');
		if (*p != '\\')
			continue;
		FUZZ_CHECK(strchr("\"\\/bfnrtu", p[1]) && p[1]);
		p++;
	}
	FUZZ_CHECK(p == end);
	free(printed);
}

/* Fed in pieces it is the same as in one. */
static char *dump(const uint8_t *data, size_t size, size_t piece, size_t *length)
{
	char *printed = NULL;
	FILE *file = open_memstream(&printed, length);
	struct hexdump hexdump;
	struct texts texts;

	FUZZ_CHECK(file);
	hexdump_begin(&hexdump, 16, file);
	for (size_t i = 0; i < size; i += piece)
		hexdump_feed(&hexdump, data + i, size - i < piece ? size - i : piece);
	hexdump_end(&hexdump);
	texts_begin(&texts, 16, file, true);
	for (size_t i = 0; i < size; i += piece)
		texts_feed(&texts, data + i, size - i < piece ? size - i : piece);
	texts_end(&texts);
	FUZZ_CHECK(fclose(file) == 0);
	return printed;
}

static void check_dump(const uint8_t *data, size_t size)
{
	const size_t piece = size ? 1 + data[0] % 40U : 1;
	size_t length, again_length;
	char *whole = dump(data, size, size + 1, &length);
	char *again = dump(data, size, piece, &again_length);

	FUZZ_CHECK(length == again_length && memcmp(whole, again, length) == 0);
	for (size_t i = 0; i < length; i++)
		FUZZ_CHECK((whole[i] >= ' ' && whole[i] <= '~') || whole[i] == '\n' ||
			   whole[i] == '\t');
	free(whole);
	free(again);
}

void fuzz_escape(const uint8_t *data, size_t size)
{
	char *text = fuzz_string(data, size);

	setlocale(LC_CTYPE, "C.UTF-8");
	check_terminal(text);
	check_json(text);
	free(text);
	check_dump(data, size);
}

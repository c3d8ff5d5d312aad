/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "utf8.h"

#include <stddef.h>

unsigned int utf8_length(const unsigned char *p)
{
	unsigned int length = *p < 0x80 ? 1 : *p < 0xe0 ? 2 : *p < 0xf0 ? 3 : 4;

	if (length == 1)
		return 1;
	if (*p < 0xc2 || *p > 0xf4)
		return 0;
	if ((*p == 0xe0 && p[1] < 0xa0) || (*p == 0xed && p[1] > 0x9f) ||
	    (*p == 0xf0 && p[1] < 0x90) || (*p == 0xf4 && p[1] > 0x8f))
		return 0;
	for (unsigned int i = 1; i < length; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	return length;
}

uint32_t utf8_decode(const unsigned char *p, unsigned int length)
{
	/* What the first byte has of it, by length. */
	static const unsigned char bits[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
	uint32_t character = *p & bits[length];

	for (unsigned int i = 1; i < length; i++)
		character = character << 6 | (p[i] & 0x3f);
	return character;
}

/*
 * Controls; what the Unicode Standard calls Default_Ignorable_Code_Point, which includes
 * the bidirectional controls, joiners, fillers, selectors of variants and tags; U+2028 and
 * U+2029, which end lines; and U+FFF9 to U+FFFB, which hide annotations.
 */
static const struct {
	uint32_t first, last;
} misleading[] = {
	{0x00, 0x1f},	    {0x7f, 0x9f},	{0xad, 0xad},	    {0x34f, 0x34f},
	{0x61c, 0x61c},	    {0x115f, 0x1160},	{0x17b4, 0x17b5},   {0x180b, 0x180f},
	{0x200b, 0x200f},   {0x2028, 0x202e},	{0x2060, 0x206f},   {0x3164, 0x3164},
	{0xfe00, 0xfe0f},   {0xfeff, 0xfeff},	{0xffa0, 0xffa0},   {0xfff0, 0xfffb},
	{0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff},
};

bool utf8_misleads(uint32_t character)
{
	for (size_t i = 0; i < sizeof(misleading) / sizeof(misleading[0]); i++)
		if (character <= misleading[i].last)
			return character >= misleading[i].first;
	return false;
}

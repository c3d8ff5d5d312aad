/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "nearest.h"

#include <stdbool.h>
#include <string.h>

enum { LONGEST = 31 }; /* no verb and no option is as long */

void nearest_begin(struct nearest *nearest, const char *typed, size_t length)
{
	*nearest = (struct nearest){
		.typed = typed,
		.length = length,
		.distance = 2 + (unsigned int)length / 4,
	};
}

static unsigned int least(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

/* One row more of distance(): of the first letters of a, up to a[i], to all beginnings of b. */
static void next_row(const char *a, size_t i, const char *b, size_t length,
		     unsigned int rows[3][LONGEST + 1])
{
	unsigned int *before = rows[0], *above = rows[1], *row = rows[2];

	row[0] = (unsigned int)i + 1;
	for (size_t j = 0; j < length; j++) {
		row[j + 1] = least(above[j] + (a[i] != b[j]),
				   least(above[j + 1], row[j]) + 1);
		if (i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j])
			row[j + 1] = least(row[j + 1], before[j - 1] + 1);
	}
	memcpy(before, above, sizeof(rows[0]));
	memcpy(above, row, sizeof(rows[0]));
}

/* How many letters to put in, take out, replace, or swap with the next, make b of a. */
static unsigned int distance(const char *a, size_t a_length, const char *b,
			     size_t b_length)
{
	unsigned int rows[3][LONGEST + 1] = {{0}};

	for (unsigned int j = 0; j <= b_length; j++)
		rows[1][j] = j;
	for (size_t i = 0; i < a_length; i++)
		next_row(a, i, b, b_length, rows);
	return rows[1][b_length];
}

void nearest_offer(struct nearest *nearest, const char *word)
{
	const size_t length = strlen(word);
	unsigned int far;

	if (nearest->length > LONGEST || length > LONGEST)
		return;
	if (nearest->length >= 2 && strncmp(word, nearest->typed, nearest->length) == 0)
		far = 0;
	else
		far = distance(nearest->typed, nearest->length, word, length);
	if (far >= nearest->distance || far >= nearest->length)
		return;
	nearest->word = word;
	nearest->distance = far;
}

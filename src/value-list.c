/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The types of value.h that add up when they are given again: lists, and the set of states. */
#include "value.h"

#include <stdlib.h>
#include <string.h>

#include "lib/number.h"
#include "lib/verdict.h"

static int parse_states(const char *text, void *field)
{
	unsigned int states = 0;
	enum state state;
	size_t length;

	for (;; text += length + 1) {
		length = strcspn(text, ",");
		if (verdict_parse_state(text, length, &state))
			return -1;
		states |= 1u << state;
		if (!text[length])
			break;
	}
	*(unsigned int *)field |= states;
	return 0;
}

static int parse_keys(const char *text, void *field)
{
	return key_ranges_parse(text, field);
}

static void release_keys(void *field)
{
	key_ranges_release(field);
}

static int parse_words(const char *text, void *field)
{
	struct paths *paths = field;
	const char **more;

	more = reallocarray(paths->item, paths->count + 1, sizeof(*more));
	if (!more)
		return -1;
	more[paths->count++] = text;
	paths->item = more;
	return 0;
}

static int parse_paths(const char *text, void *field)
{
	const char *path;

	return value_path.parse(text, &path) ? -1 : parse_words(text, field);
}

static void release_paths(void *field)
{
	struct paths *paths = field;

	free(paths->item);
	*paths = (struct paths){0};
}

static int parse_segment(const char *text, void *field)
{
	struct selector selector = {0};

	return selector_parse(text, &selector) ? -1 : selectors_add(field, &selector);
}

static int parse_segment_id(const char *text, void *field)
{
	struct selector selector = {.by_key = false};

	return number_id(text, &selector.id) ? -1 : selectors_add(field, &selector);
}

static int parse_segment_key(const char *text, void *field)
{
	struct selector selector = {.by_key = true};

	return number_key(text, &selector.key) ? -1 : selectors_add(field, &selector);
}

static void release_selectors(void *field)
{
	selectors_release(field);
}

const struct value value_states = {
	.name = "STATES",
	.expected = "attached, dest, idle or orphan, or several with commas between",
	.offers = OFFERS_STATES,
	.parse = parse_states,
};

const struct value value_keys = {
	.name = "KEYS",
	.expected = "a key other than 0, such as 0x0001b207, or two with a dash between",
	.offers = OFFERS_KEYS,
	.parse = parse_keys,
	.release = release_keys,
};

const struct value value_paths = {
	.name = "PATH",
	.expected = "the name of a file or directory",
	.offers = OFFERS_FILES,
	.parse = parse_paths,
	.release = release_paths,
};

const struct value value_words = {
	.name = "WORD",
	.expected = "anything",
	.parse = parse_words,
	.release = release_paths,
};

const struct value value_segment = {
	.name = "SEGMENT",
	.expected = "an id such as 5242900, or a key other than 0 such as 0x0001b207",
	.offers = OFFERS_SEGMENTS,
	.parse = parse_segment,
	.release = release_selectors,
};

const struct value value_segment_id = {
	.name = "ID",
	.expected = "a segment id such as 5242900",
	.offers = OFFERS_IDS,
	.parse = parse_segment_id,
	.release = release_selectors,
};

const struct value value_segment_key = {
	.name = "KEY",
	.expected = "a key other than 0, such as 0x0001b207",
	.offers = OFFERS_KEYS,
	.parse = parse_segment_key,
	.release = release_selectors,
};

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What tells a segment from another that has its id by now, field by field. */
#include "unit.h"

#include <inttypes.h>
#include <sys/stat.h>

#include "lib/segment.h"

static const struct segment original = {
	.id = 7,
	.key = 0x55,
	.uid = 1,
	.cuid = 2,
	.gid = 3,
	.cgid = 4,
	.mode = 0640,
	.size = 4096,
	.rss = 4096,
	.swap = 0,
	.nattch = 1,
	.cpid = 10,
	.lpid = 11,
	.atime = 1000,
	.dtime = 2000,
	.ctime = 3000,
};

/* What is read of the same id later, and what that proves. */
static const struct {
	const char *what;
	struct segment change; /* xor-ed */
	bool same, remains, untouched;
} cases[] = {
	{"nothing", {.id = 0}, true, true, true},
	{"id", {.id = 1}, false, false, false},
	{"key", {.key = 1}, false, false, false},
	{"cuid", {.cuid = 1}, false, false, false},
	{"cgid", {.cgid = 1}, false, false, false},
	{"cpid", {.cpid = 1}, false, false, false},
	{"size", {.size = 1}, false, false, false},
	{"ctime", {.ctime = 1}, false, true, false},
	{"uid", {.uid = 1}, true, true, false},
	{"gid", {.gid = 1}, true, true, false},
	{"mode", {.mode = 04}, true, true, false},
	{"dest", {.dest = true}, true, true, false},
	{"locked", {.locked = true}, true, true, false},
	{"nattch", {.nattch = 2}, true, true, false},
	{"lpid", {.lpid = 1}, true, true, false},
	{"atime", {.atime = 1}, true, true, false},
	{"dtime", {.dtime = 1}, true, true, false},
	/* Pages come and go without anybody's doing. */
	{"rss", {.rss = 4096}, true, true, true},
	{"swap", {.swap = 4096}, true, true, true},
};

static struct segment change(const struct segment *by)
{
	struct segment changed = original;

	changed.id ^= by->id;
	changed.key ^= by->key;
	changed.uid ^= by->uid;
	changed.cuid ^= by->cuid;
	changed.gid ^= by->gid;
	changed.cgid ^= by->cgid;
	changed.mode ^= by->mode;
	changed.dest ^= by->dest;
	changed.locked ^= by->locked;
	changed.size ^= by->size;
	changed.rss ^= by->rss;
	changed.swap ^= by->swap;
	changed.nattch ^= by->nattch;
	changed.cpid ^= by->cpid;
	changed.lpid ^= by->lpid;
	changed.atime ^= by->atime;
	changed.dtime ^= by->dtime;
	changed.ctime ^= by->ctime;
	return changed;
}

static void every_field_proves_what_it_can(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct segment later = change(&cases[i].change);

		if (segment_same(&original, &later) != cases[i].same ||
		    segment_same(&later, &original) != cases[i].same)
			fail_msg("the same: %s", cases[i].what);
		if (segment_remains(&original, &later) != cases[i].remains)
			fail_msg("remains: %s", cases[i].what);
		if (segment_untouched(&original, &later) != cases[i].untouched)
			fail_msg("untouched: %s", cases[i].what);
	}
}

static void one_that_was_marked_may_have_lost_its_key_alone(void **state)
{
	struct segment marked = original;

	(void)state;
	marked.dest = true;
	marked.key = 0;
	assert_true(segment_remains(&original, &marked));
	assert_false(segment_same(&original, &marked));
	marked.cuid++;
	assert_false(segment_remains(&original, &marked));
}

#define K 1024ull
#define M (1024 * K)
#define G (1024 * M)

static void
more_in_memory_than_its_size_is_put_right_where_it_can_mean_one_thing(void **state)
{
	static const struct {
		uint64_t size, told, rss, huge;
		uint64_t sizes[2];
	} tables[] = {
		/* Base pages; the last one is whole. */
		{4096, 4096, 4096, 0, {2 * M}},
		{1, 4096, 4096, 0, {2 * M}},
		{8 * M, 0, 0, 0, {2 * M}},
		{8 * M, SEGMENT_UNKNOWN, SEGMENT_UNKNOWN, 0, {2 * M}},
		/* Huge pages of 2 MiB, multiplied: all, three of five, and one of one byte. */
		{8 * M, 4 * G, 8 * M, 2 * M, {2 * M}},
		{8 * M, 4 * G, 8 * M, 2 * M, {2 * M, G}},
		{10 * M, 3 * G, 6 * M, 2 * M, {2 * M, G}},
		{1, G, 2 * M, 2 * M, {2 * M}},
		{3 * G, 3 * 512 * G, 3 * G, 2 * M, {2 * M, G}},
		/* Others; 1 GiB is multiplied by 2^18. */
		{2 * G, 2 * G << 18, 2 * G, G, {2 * M, G}},
		{M, 16 * M, M, 64 * K, {64 * K, 2 * M}},
		/* As older kernels tell it. */
		{1, 2 * M, 2 * M, 2 * M, {2 * M, G}},
		{5 * M, 6 * M, 6 * M, 2 * M, {2 * M}},
		/* Either one page of 2 MiB, or, told by an older kernel, one of 1 GiB. */
		{8 * M, G, SEGMENT_UNKNOWN, 0, {2 * M, G}},
		/* Nothing that there can be. */
		{8 * M, 4 * G + 4096, SEGMENT_UNKNOWN, 0, {2 * M, G}},
		{8 * M, 5 * G, SEGMENT_UNKNOWN, 0, {2 * M, G}},
		{8 * M, 4 * G, SEGMENT_UNKNOWN, 0, {0}},
		/* What is no more than the size is left as it is. */
		{2 * G, G, G, 0, {2 * M, G}},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(tables); i++) {
		struct segment segment = {.size = tables[i].size, .rss = tables[i].told};

		if (segment_exceeds_size(&segment, 4096))
			segment_mend_rss(&segment, 4096, tables[i].sizes, 2);
		if (segment.rss != tables[i].rss || segment.huge != tables[i].huge)
			fail_msg("%zu: rss %" PRIu64 ", huge %" PRIu64, i, segment.rss,
				 segment.huge);
	}
}

static void only_a_file_of_its_creator_that_is_as_large_can_be_its_own(void **state)
{
	const struct {
		struct stat file;
		bool can;
	} files[] = {
		{{.st_uid = 2, .st_gid = 4, .st_size = 4096}, true},
		/* Huge pages are whole ones. */
		{{.st_uid = 2, .st_gid = 4, .st_size = 2097152}, true},
		{{.st_uid = 1, .st_gid = 4, .st_size = 4096}, false},
		{{.st_uid = 2, .st_gid = 3, .st_size = 4096}, false},
		{{.st_uid = 2, .st_gid = 4, .st_size = 4095}, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(files); i++)
		assert_int_equal(segment_can_be(&original, &files[i].file), files[i].can);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field_proves_what_it_can),
		cmocka_unit_test(one_that_was_marked_may_have_lost_its_key_alone),
		cmocka_unit_test(
			more_in_memory_than_its_size_is_put_right_where_it_can_mean_one_thing),
		cmocka_unit_test(
			only_a_file_of_its_creator_that_is_as_large_can_be_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

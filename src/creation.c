/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "creation.h"

#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <sys/random.h>

#include "explain.h"
#include "id-file.h"
#include "place.h"
#include "reuse.h"

/* So many keys in a row that others have are no accident. */
enum { KEYS = 100 };

static void report_refusal(const struct making *making)
{
	const struct sysv_request *request = &making->wanted.request;

	if (making->error == EEXIST)
		warnx("key 0x%08" PRIx32 ": in use, see 'shmtool stat 0x%08" PRIx32 "'",
		      request->key, request->key);
	else
		explain_refusal(
			&(struct refusal){making->error, request->size, request->huge});
}

static void say_made(const struct creation *creation)
{
	const uint32_t key = creation->wanted.request.key;
	const int id = creation->segment.id;

	if (!creation->verbose)
		return;
	if (!creation->is_new)
		warnx("segment %d: reused, as it has key 0x%08" PRIx32 " and fits", id,
		      key);
	else if (creation->keys)
		warnx("segment %d: made, with the random key 0x%08" PRIx32, id, key);
	else if (key)
		warnx("segment %d: made, as none had key 0x%08" PRIx32, id, key);
	else
		warnx("segment %d: made", id);
}

/*
 * Returns 1; 0 if the key is in use by now, and that will do, or another will; or -1 after a
 * message.
 */
static int make(struct creation *creation)
{
	struct making *making = &creation->making;

	switch (make_run(making)) {
	case MAKE_DONE:
		creation->is_new = true;
		creation->segment = making->made;
		return 1;
	case MAKE_FAILED:
		return -1;
	case MAKE_REFUSED:
		break;
	}
	if (making->error == EEXIST &&
	    (creation->reuse || (creation->keys && creation->keys < KEYS))) {
		make_end(making);
		return 0;
	}
	report_refusal(making);
	return -1;
}

/* One that is in use is refused when it is tried. Returns 0, or -1 after a message. */
static int draw_key(struct creation *creation)
{
	uint32_t key = 0;

	while (key == 0)
		if (getrandom(&key, sizeof(key), 0) != sizeof(key)) {
			warn("cannot get a random key");
			return -1;
		}
	creation->wanted.request.key = creation->making.wanted.request.key = key;
	creation->keys++;
	return 0;
}

/*
 * Find it by its key if that will do, or make it. Returns 0, or -1 after a message, as
 * those that follow. Between any two steps somebody else can make or remove one with this
 * key: then it begins anew.
 */
static int find_or_make(struct creation *creation)
{
	const uint32_t *key = &creation->wanted.request.key;
	const bool draws = creation->id_file && !*key;
	int result = 0;

	while (result == 0) {
		if (draws && draw_key(creation))
			return -1;
		if (creation->reuse)
			result = reuse_find(*key, &creation->need, &creation->segment);
		if (result == 0)
			result = make(creation);
	}
	if (result < 0)
		return -1;
	say_made(creation);
	return 0;
}

static int record(struct creation *creation, struct id_file *file)
{
	struct segment segment = creation->segment;

	/* It may have been marked, and so have lost its key, since it was made. */
	segment.key = creation->wanted.request.key;
	if (id_file_record(file, &segment) == 0) {
		creation->is_recorded = true;
		return 0;
	}
	if (creation->is_new)
		make_undo(&creation->making);
	creation->is_new = false;
	return -1;
}

static int find_in_file(struct creation *creation, struct id_file *file)
{
	const int found = id_file_find(file, creation->wanted.request.key,
				       &creation->need, &creation->segment);

	if (found > 0 && creation->verbose)
		place_error(&(struct place){.file = file->path},
			    "names segment %d, which fits", creation->segment.id);
	return found;
}

int creation_begin(struct creation *creation)
{
	struct id_file file = {.path = creation->id_file, .verbose = creation->verbose};
	int result;

	creation->making = (struct making){.wanted = creation->wanted};
	sigprocmask(SIG_BLOCK, NULL, &creation->making.before);
	if (!file.path)
		return find_or_make(creation);
	if (id_file_open(&file))
		return -1;
	result = find_in_file(creation, &file);
	if (result > 0)
		result = 0;
	else if (result == 0)
		result = find_or_make(creation) || record(creation, &file) ? -1 : 0;
	id_file_close(&file);
	return result;
}

void creation_end(const struct creation *creation, bool told)
{
	if (!told && creation->is_new && !creation->is_recorded)
		make_undo(&creation->making);
	make_end(&creation->making);
}

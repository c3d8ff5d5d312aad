/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A policy file of gc: what is shown of one says the same when it is read again. */
#include "fuzz.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "config.h"

/* Twice the same path would be twice the same file. */
static void write_file(const char *path, const void *text, size_t size)
{
	FILE *file = fopen(path, "we");

	FUZZ_CHECK(file && fwrite(text, 1, size, file) == size && fclose(file) == 0);
}

static int read_config(const char *path, struct config *config)
{
	const struct config_paths paths = {
		.vendor = "/dev/null", .site = path, .site_was_asked_for = true};

	return config_read_paths(&paths, config);
}

/* What is shown without where it is from, which is in comments. */
static char *show(const struct config *config, size_t *size)
{
	char *text = NULL, *line, *rest;
	FILE *file = open_memstream(&text, size), *plain;
	char *result = NULL;

	FUZZ_CHECK(file);
	config_show(config, file);
	FUZZ_CHECK(fclose(file) == 0);
	plain = open_memstream(&result, size);
	FUZZ_CHECK(plain);
	for (rest = text; (line = strsep(&rest, "\n"));) {
		/* The name of a section can have what looks like one. */
		char *comment = *line == '[' ? strchr(line, ']') + 1
					     : strstr(line, " ; ");

		if (*line == ';')
			continue;
		while (comment && comment > line && comment[-1] == ' ')
			comment--;
		fprintf(plain, "%.*s\n",
			comment ? (int)(comment - line) : (int)strlen(line), line);
	}
	FUZZ_CHECK(fclose(plain) == 0);
	free(text);
	return result;
}

static void check(const char *path, const char *again_path)
{
	struct config config, again;
	char *text, *same;
	size_t size, same_size;

	if (read_config(path, &config))
		return;
	FUZZ_CHECK(config.older_than >= 0 && config.keyed_older_than >= 0);
	text = show(&config, &size);
	write_file(again_path, text, size);
	FUZZ_CHECK(read_config(again_path, &again) == 0);
	same = show(&again, &same_size);
	FUZZ_CHECK(size == same_size && memcmp(text, same, size) == 0);
	FUZZ_CHECK(again.older_than == config.older_than && again.max == config.max &&
		   again.max_bytes == config.max_bytes && again.keyed == config.keyed &&
		   again.system == config.system && again.locked == config.locked);
	free(text);
	free(same);
	config_release(&config);
	config_release(&again);
}

void fuzz_config(const uint8_t *data, size_t size)
{
	static char directory[] = "/tmp/shmtool-fuzz.XXXXXX", path[64], again[64];

	if (!*path) {
		FUZZ_CHECK(mkdtemp(directory));
		snprintf(path, sizeof(path), "%s/gc.conf", directory);
		snprintf(again, sizeof(again), "%s/again.conf", directory);
		fuzz_silence();
	}
	write_file(path, data, size);
	check(path, again);
	unlink(again);
	unlink(path);
}

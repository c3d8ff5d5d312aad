/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every file of every corpus, by any compiler: what was found once is not there again. Each
 * corpus is a test, in a process of its own; in TAP.
 */
#include "fuzz.h"

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define FUZZ_ENTRY(name) {#name, fuzz_##name},

static const struct target {
	const char *name;
	void (*fuzz)(const uint8_t *data, size_t size);
} targets[] = {FUZZ_TARGETS(FUZZ_ENTRY)};

enum { TARGETS = sizeof(targets) / sizeof(targets[0]), ROOM = 1 << 20 };

static void replay_file(const struct target *target, const char *path)
{
	uint8_t *data = malloc(ROOM);
	FILE *file = fopen(path, "re");
	size_t size;

	if (!data || !file)
		err(1, "%s", path);
	size = fread(data, 1, ROOM, file);
	fclose(file);
	dprintf(STDOUT_FILENO, "# %s\n", path);
	target->fuzz(data, size);
	free(data);
}

/* The number of files. */
static int replay(const struct target *target, const char *corpora)
{
	char path[4096];
	struct dirent *entry;
	int count = 0;
	DIR *directory;

	snprintf(path, sizeof(path), "%s/%s", corpora, target->name);
	directory = opendir(path);
	if (!directory)
		err(1, "%s", path);
	while ((entry = readdir(directory))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s/%s", corpora, target->name,
			 entry->d_name);
		replay_file(target, path);
		count++;
	}
	closedir(directory);
	return count;
}

/* The last line says which file it was, if it fails. */
static int replay_in_child(const struct target *target, const char *corpora)
{
	const pid_t pid = fork();
	int status;

	if (pid < 0)
		err(1, "fork");
	if (pid == 0)
		exit(replay(target, corpora) == 0);
	if (waitpid(pid, &status, 0) != pid)
		err(1, "waitpid");
	return status;
}

int main(void)
{
	const char *source = getenv("SHMTOOL_SRCDIR");
	char corpora[2048];
	int failed = 0;

	snprintf(corpora, sizeof(corpora), "%s/tests/fuzz/corpus", source ? source : ".");
	printf("1..%d\n", (int)TARGETS);
	for (int i = 0; i < TARGETS; i++) {
		int status;

		fflush(stdout);
		status = replay_in_child(&targets[i], corpora);
		failed |= status;
		printf("%sok %d - the corpus of %s finds nothing\n", status ? "not " : "",
		       i + 1, targets[i].name);
	}
	return failed != 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config-file.h"
#include "place.h"
#include "setting.h"
#include "trust.h"

#include "gc-conf.h"

/* What holds where no file says anything, from the same table and parsers as files. */
static int read_defaults(struct config *config)
{
	const struct place place = {.file = "default"};

	for (const struct setting *row = settings_gc; row->name; row++) {
		if (setting_parse(row, row->usual, config, &place) ||
		    config_add_line(&config->gc, row, row->usual, &place))
			return -1;
	}
	return 0;
}

static int read_built_in(struct config *config)
{
	char *text = strdup(gc_conf);
	FILE *file = text ? fmemopen(text, strlen(text), "r") : NULL;
	int result;

	if (file)
		result = config_read_file(config, file, "built-in");
	else
		result = place_error(&(struct place){.file = "built-in"}, "%s",
				     strerror(errno));
	if (file)
		fclose(file);
	free(text);
	return result;
}

/* 1, or 0 where there is none; -1 after a message. */
static int read_path(struct config *config, const char *path)
{
	FILE *file;
	int result;

	if (trust_open(path, &file) ||
	    config_add_line(&config->files, NULL, path,
			    &(struct place){.file = file ? "read" : "not there"}))
		return -1;
	if (!file)
		return 0;
	result = config_read_file(config, file, path);
	fclose(file);
	return result ? -1 : 1;
}

static int read_vendor(struct config *config, const char *path)
{
	int got = read_path(config, path);

	return got ? (got < 0 ? -1 : 0) : read_built_in(config);
}

static int read_site(struct config *config, const char *path, bool was_asked_for)
{
	int got = read_path(config, path);

	if (got == 0 && was_asked_for)
		return place_error(&(struct place){.file = path}, "%s", strerror(ENOENT));
	return got < 0 ? -1 : 0;
}

static bool is_policy(const char *name)
{
	static const char suffix[] = ".conf";
	const size_t length = strlen(name), ending = strlen(suffix);

	return length > ending && strcmp(name + length - ending, suffix) == 0;
}

/* What is not read is noted, for whoever wonders why his rule is not in force. */
static int read_entry(struct config *config, const char *directory, const char *name)
{
	const struct place ignored = {
		.file = "ignored, as its name does not end in .conf"};
	char *path;
	int result;

	if (asprintf(&path, "%s/%s", directory, name) < 0)
		return place_error(&(struct place){.file = directory}, "%s",
				   strerror(ENOMEM));
	if (is_policy(name))
		result = read_site(config, path, false);
	else
		result = config_add_line(&config->files, NULL, path, &ignored);
	free(path);
	return result;
}

static int read_directory(struct config *config, const char *directory)
{
	struct dirent **names;
	int count = trust_list(directory, &names), result = count < 0 ? -1 : 0;

	for (int i = 0; i < count; i++) {
		if (result == 0)
			result = read_entry(config, directory, names[i]->d_name);
		free(names[i]);
	}
	free(names);
	return result;
}

int config_read_paths(const struct config_paths *paths, struct config *config)
{
	*config = (struct config){0};
	if (read_defaults(config) || read_vendor(config, paths->vendor) ||
	    read_site(config, paths->site, paths->site_was_asked_for) ||
	    (paths->directory && read_directory(config, paths->directory))) {
		config_release(config);
		return -1;
	}
	return 0;
}

int config_read(const char *file, struct config *config)
{
	const struct config_paths paths = {
		.vendor = VENDOR_POLICY,
		.site = file ? file : SITE_POLICY,
		.directory = file ? NULL : SITE_POLICY ".d",
		.site_was_asked_for = file,
	};

	return config_read_paths(&paths, config);
}

struct policy config_policy(const struct config *config, uid_t caller, bool any_owner)
{
	return (struct policy){
		.older_than = config->older_than,
		.keyed_older_than = config->keyed_older_than,
		.readable_older_than = config->readable_older_than,
		.keyed = config->keyed,
		.system = config->system,
		.locked = config->locked,
		.ignore_last_user = config->ignore_last_user,
		.protects = &config->protects,
		.any_owner = any_owner,
		.caller = caller,
	};
}

static void release_lines(struct config_lines *lines)
{
	for (size_t i = 0; i < lines->count; i++) {
		free(lines->item[i].text);
		free(lines->item[i].source);
	}
	free(lines->item);
}

void config_release(struct config *config)
{
	protects_release(&config->protects);
	release_lines(&config->gc);
	release_lines(&config->rules);
	release_lines(&config->files);
	*config = (struct config){0};
}

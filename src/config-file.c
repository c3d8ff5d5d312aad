/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config-file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "place.h"
#include "sections.h"
#include "setting.h"

struct reading {
	struct config *config;
	size_t rules_before; /* those of earlier files */
	bool gc_begun;

	/* The section that is being read. */
	struct place begun;
	const struct setting *table;
	unsigned int seen; /* 1 << row, or-ed */
};

static int make_line(const struct setting *setting, const char *text,
		     const struct place *place, struct config_line *line)
{
	*line = (struct config_line){setting, strdup(text), place_text(place)};
	if (line->text && line->source)
		return 0;
	free(line->text);
	free(line->source);
	return place_error(place, "%s", strerror(ENOMEM));
}

int config_add_line(struct config_lines *lines, const struct setting *setting,
		    const char *text, const struct place *place)
{
	struct config_line *item = reallocarray(lines->item, lines->count + 1,
						sizeof(item[0]));

	if (!item)
		return place_error(place, "%s", strerror(errno));
	lines->item = item;
	if (make_line(setting, text, place, &item[lines->count]))
		return -1;
	lines->count++;
	return 0;
}

/* What a later file says about [gc] goes over what was there. */
static int replace_line(struct config_line *old, const char *text,
			const struct place *place)
{
	struct config_line line;

	if (make_line(old->setting, text, place, &line))
		return -1;
	free(old->text);
	free(old->source);
	*old = line;
	return 0;
}

static struct protect *last_rule(const struct config *config)
{
	return &config->protects.item[config->protects.count - 1];
}

static int begin_rule(struct reading *reading, const char *name)
{
	struct config *config = reading->config;
	const struct place *place = &reading->begun;

	if (!*name)
		return place_error(place, "[protect] needs a name: [protect NAME]");
	if (strlen(name) > CONFIG_RULE_NAME)
		return place_error(place, "a name longer than %d bytes: '%s'",
				   CONFIG_RULE_NAME, name);
	if (strchr(name, '\t'))
		return place_error(place, "a control character in the name '%s'", name);
	for (size_t i = reading->rules_before; i < config->protects.count; i++)
		if (strcmp(config->protects.item[i].name, name) == 0)
			return place_error(place, "[protect %s] is there twice", name);
	if (!protects_add(&config->protects, name))
		return place_error(place, "%s", strerror(errno));
	return config_add_line(&config->rules, NULL, name, place);
}

static int begin(void *user, const char *section, const struct place *place)
{
	static const char protect[] = "protect";
	const char *rest = section + strlen(protect);
	struct reading *reading = user;

	reading->begun = *place;
	reading->seen = 0;
	if (strcmp(section, "gc") == 0) {
		if (reading->gc_begun)
			return place_error(place, "[gc] is there twice");
		reading->gc_begun = true;
		reading->table = settings_gc;
		return 0;
	}
	/* A blank, or the end, which strchr() finds too. */
	if (strncmp(section, protect, strlen(protect)) == 0 && strchr(" \t", *rest)) {
		reading->table = settings_protect;
		return begin_rule(reading, rest + strspn(rest, " \t"));
	}
	return place_error(place, "unknown section '%s'", section);
}

static unsigned int bit(const struct reading *reading, const struct setting *row)
{
	return 1u << (row - reading->table);
}

static int set(void *user, const char *name, const char *text, const struct place *place)
{
	struct reading *reading = user;
	struct config *config = reading->config;
	const struct setting *row = setting_find(reading->table, name);

	if (!row)
		return place_error(place, "unknown key '%s'", name);
	if (!row->repeats && reading->seen & bit(reading, row))
		return place_error(place, "key '%s' is there twice", name);
	reading->seen |= bit(reading, row);
	if (reading->table == settings_gc) {
		if (setting_parse(row, text, config, place))
			return -1;
		return replace_line(&config->gc.item[row - settings_gc], text, place);
	}
	if (setting_parse(row, text, last_rule(config), place))
		return -1;
	return config_add_line(&config->rules, row, text, place);
}

static bool has(const struct reading *reading, const char *name)
{
	return reading->seen & bit(reading, setting_find(reading->table, name));
}

static int end(void *user)
{
	const struct reading *reading = user;
	const struct protect *rule;

	if (reading->table != settings_protect)
		return 0;
	rule = last_rule(reading->config);
	if (!reading->seen)
		return place_error(&reading->begun,
				   "[protect %s] has no condition: it would protect all",
				   rule->name);
	if (has(reading, "size") &&
	    (has(reading, "min-size") || has(reading, "max-size")))
		return place_error(&reading->begun,
				   "[protect %s] has both size and min-size or max-size",
				   rule->name);
	if (rule->filter.min_size > rule->filter.max_size)
		return place_error(
			&reading->begun,
			"[protect %s] protects nothing: min-size is above max-size",
			rule->name);
	return 0;
}

int config_read_file(struct config *config, FILE *file, const char *name)
{
	static const struct sections sections = {begin, set, end};
	struct reading reading = {
		.config = config,
		.rules_before = config->protects.count,
	};

	return sections_read(file, name, &sections, &reading);
}

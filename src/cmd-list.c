/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shmtool list: every segment of this IPC namespace, a row each. */
#include <err.h>
#include <stdbool.h>
#include <stdlib.h>

#include "lib/procfs.h"
#include "lib/survey.h"

#include "column.h"
#include "command.h"
#include "json.h"
#include "names.h"
#include "option.h"
#include "privilege.h"
#include "report.h"
#include "table.h"

struct list_settings {
	struct columns columns; /* none: the default */
	bool all, bytes, json;
};

static const struct option_row options[] = {
	{'b', "bytes", VALUE_FLAG(struct list_settings, bytes), "show sizes in bytes"},
	{'J', "json", VALUE_FLAG(struct list_settings, json), "write a JSON document"},
	{'o', "output", VALUE_COLUMNS(struct list_settings, columns),
	 "show these columns; +COLUMNS adds them to the default"},
	{'O', "output-all", VALUE_FLAG(struct list_settings, all), "show all columns"},
	{0},
};

static struct columns chosen_columns(const struct list_settings *settings)
{
	if (settings->all)
		return columns_all();
	return settings->columns.count ? settings->columns : columns_default();
}

/* Both return 0, or -1 after a message. */
static int list_json(struct survey *survey, const struct columns *columns,
		     struct names *names)
{
	struct json json = {.file = stdout};
	struct finding finding;
	int got;

	json_open_object(&json, NULL);
	json_open_array(&json, "segments");
	while ((got = survey_next(survey, &finding)) > 0 && !ferror(stdout))
		columns_json(columns, &(struct row){&finding, names}, &json);
	if (got < 0) {
		/* The document stays open, so that nobody takes it for the whole. */
		report_survey_failure(survey);
		return -1;
	}
	json_close_array(&json);
	json_close_object(&json);
	json_end(&json);
	return 0;
}

static int list_table(struct survey *survey, const struct columns *columns,
		      struct names *names, bool bytes)
{
	struct libscols_table *table = table_new(columns);
	struct finding finding;
	int got = 0, result = -1;

	if (!table)
		goto failed;
	while ((got = survey_next(survey, &finding)) > 0)
		if (table_add(table, columns, &(struct row){&finding, names}, bytes))
			goto failed;
	if (got < 0)
		report_survey_failure(survey);
	else if (table_print(table))
		goto failed;
	else
		result = 0;
	table_free(table);
	return result;
failed:
	warn(NULL);
	table_free(table);
	return -1;
}

static int list_run(const void *argument)
{
	const struct list_settings *settings = argument;
	struct columns columns = chosen_columns(settings);
	struct names names = {0};
	struct survey survey;
	int result;

	if (survey_open(&survey, PROCFS_SHM)) {
		report_survey_failure(&survey);
		return EXIT_FAILURE;
	}
	result = settings->json ? list_json(&survey, &columns, &names)
				: list_table(&survey, &columns, &names, settings->bytes);
	survey_close(&survey);
	names_release(&names);
	return result ? EXIT_FAILURE : EXIT_SUCCESS;
}

const struct command command_list = {
	.name = "list",
	.alias = "ls",
	.summary = "show the shared memory segments, whose they are and in which state",
	.options = options,
	.more_help = columns_help,
	.size = sizeof(struct list_settings),
	.privileges = PRIVILEGE_SYS_PTRACE,
	.run = list_run,
};

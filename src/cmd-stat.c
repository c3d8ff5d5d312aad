/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shmtool stat: everything that is known of some segments. It never attaches them. */
#include <err.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>

#include "lib/procfs.h"
#include "lib/survey.h"

#include "column.h"
#include "command.h"
#include "format.h"
#include "json.h"
#include "names.h"
#include "option.h"
#include "privilege.h"
#include "report.h"

struct stat_settings {
	struct selectors segments;
	bool json;
};

static const struct option_row options[] = {
	{'m', "id", VALUE_SEGMENT_ID(struct stat_settings, segments),
	 "the segment with this id; may be repeated"},
	{'M', "key", VALUE_SEGMENT_KEY(struct stat_settings, segments),
	 "the segment with this key; may be repeated"},
	{'J', "json", VALUE_FLAG(struct stat_settings, json), "write a JSON document"},
	{0},
};

/* What one operand names. */
struct answer {
	bool found;
	struct finding finding;
};

static int find_answers(const struct selectors *segments, struct answer *answers)
{
	struct survey survey;
	struct finding finding;
	int got = survey_open(&survey, PROCFS_SHM);

	while (got >= 0 && (got = survey_next(&survey, &finding)) > 0)
		for (size_t i = 0; i < segments->count; i++)
			if (selector_matches(&segments->item[i], &finding.segment))
				answers[i] = (struct answer){true, finding};
	if (got < 0)
		report_survey_failure(&survey);
	survey_close(&survey);
	return got;
}

static void print_fields(const struct columns *columns, const struct row *row)
{
	const struct column *column;
	struct cell cell;
	const char *text;

	for (unsigned int i = 0; i < columns->count; i++) {
		column = columns->item[i];
		column_get(column, row, &cell);
		text = column_text(column, &cell, false);
		printf("%-9s", column->name);
		format_put_safe(text ? text : "-", stdout);
		if (text && column->type == COLUMN_SIZE && cell.bytes >= 1024)
			printf(" (%" PRIu64 " bytes)", cell.bytes);
		putchar('\n');
	}
}

static void print_answers(const struct answer *answers, size_t count, bool as_json)
{
	struct columns columns = columns_all();
	struct json json = {.file = stdout};
	struct names names = {0};
	const char *gap = "";

	if (as_json) {
		json_open_object(&json, NULL);
		json_open_array(&json, "segments");
	}
	for (size_t i = 0; i < count; i++) {
		struct row row = {&answers[i].finding, &names};

		if (!answers[i].found)
			continue;
		if (as_json) {
			columns_json(&columns, &row, &json);
			continue;
		}
		fputs(gap, stdout);
		print_fields(&columns, &row);
		gap = "\n";
	}
	if (as_json) {
		json_close_array(&json);
		json_close_object(&json);
		json_end(&json);
	}
	names_release(&names);
}

static int stat_run(const void *argument)
{
	const struct stat_settings *settings = argument;
	const struct selectors *segments = &settings->segments;
	struct answer *answers = calloc(segments->count, sizeof(answers[0]));
	int status = EXIT_FAILURE;

	if (!answers) {
		warn(NULL);
		return EXIT_FAILURE;
	}
	if (find_answers(segments, answers))
		goto out;
	print_answers(answers, segments->count, settings->json);
	status = EXIT_SUCCESS;
	for (size_t i = 0; i < segments->count; i++)
		if (!answers[i].found) {
			report_absent(&segments->item[i]);
			status = EXIT_FAILURE;
		}
out:
	free(answers);
	return status;
}

const struct command command_stat = {
	.name = "stat",
	.summary = "show everything about some segments",
	.operands = {"SEGMENT...", 1, INT_MAX,
		     VALUE_SEGMENT(struct stat_settings, segments)},
	.options = options,
	.size = sizeof(struct stat_settings),
	.privileges = PRIVILEGE_SYS_PTRACE,
	.run = stat_run,
};

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shmtool stat: everything that is known of some segments. It never attaches them. */
#include <err.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/access.h"
#include "lib/procfs.h"
#include "lib/survey.h"

#include "command.h"
#include "names.h"
#include "option.h"
#include "output.h"
#include "privilege.h"
#include "report.h"
#include "screen.h"

struct stat_settings {
	struct selectors segments;
	bool json;
	unsigned int held; /* privileges of the caller, as they were */
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

/* What stat_run() works with. */
struct answers {
	struct answer *item; /* one for each operand */
	size_t count;
	struct moment moment;
};

static int prepare(void *argument)
{
	struct stat_settings *settings = argument;

	settings->held = privilege_held();
	return 0;
}

static int find_answers(const struct selectors *segments, struct answers *answers)
{
	struct survey survey;
	struct finding finding;
	int got = survey_open(&survey, PROCFS_SHM);

	while (got >= 0 && (got = survey_next(&survey, &finding)) > 0)
		for (size_t i = 0; i < segments->count; i++)
			if (selector_matches(&segments->item[i], &finding.segment))
				answers->item[i] = (struct answer){true, finding};
	if (got < 0)
		report_survey_failure(&survey);
	answers->moment = survey.moment;
	survey_close(&survey);
	return got;
}

/* Who asks. groups has room for those that there are. */
static struct caller make_caller(const struct stat_settings *settings, gid_t *groups,
				 int count)
{
	const bool counts = privilege_owns_namespace();
	int got = getgroups(count, groups);

	return (struct caller){
		.uid = geteuid(),
		.gid = getegid(),
		.groups = groups,
		.count = got > 0 ? (size_t)got : 0,
		.may_all = counts && (settings->held & PRIVILEGE_IPC_OWNER),
		.may_remove = counts && (settings->held & PRIVILEGE_SYS_ADMIN),
	};
}

/* Returns 0, or -1 after a message. */
static int show_screens(const struct stat_settings *settings,
			const struct answers *answers)
{
	int count = getgroups(0, NULL);
	gid_t *groups = calloc((size_t)count + 1, sizeof(groups[0]));
	struct policy policy = policy_default(geteuid());
	struct names names = {0};
	struct caller caller;
	const char *gap = "";

	if (!groups) {
		warn(NULL);
		return -1;
	}
	caller = make_caller(settings, groups, count);
	policy.any_owner = caller.may_remove;
	for (size_t i = 0; i < answers->count; i++) {
		if (!answers->item[i].found)
			continue;
		fputs(gap, stdout);
		screen_show(&(struct row){&answers->item[i].finding, &names},
			    &answers->moment, &caller, &policy);
		gap = "\n";
	}
	names_release(&names);
	free(groups);
	return 0;
}

/* Returns 0, or -1 after a message. */
static int write_json(const struct answers *answers)
{
	struct output output = {.format = OUTPUT_JSON, .columns = columns_all()};
	struct names names = {0};

	output_begin(&output);
	for (size_t i = 0; i < answers->count; i++)
		if (answers->item[i].found)
			output_row(&output,
				   &(struct row){&answers->item[i].finding, &names});
	output_end(&output, NULL);
	names_release(&names);
	return 0;
}

static int report_missing(const struct selectors *segments, const struct answers *answers)
{
	int status = EXIT_SUCCESS;

	for (size_t i = 0; i < segments->count; i++)
		if (!answers->item[i].found) {
			report_absent(&segments->item[i]);
			status = EXIT_FAILURE;
		}
	return status;
}

static int stat_run(const void *argument)
{
	const struct stat_settings *settings = argument;
	struct answers answers = {.count = settings->segments.count};
	int status = EXIT_FAILURE;

	answers.item = calloc(answers.count, sizeof(answers.item[0]));
	if (!answers.item) {
		warn(NULL);
		return status;
	}
	if (find_answers(&settings->segments, &answers))
		goto out;
	if (settings->json ? write_json(&answers) : show_screens(settings, &answers))
		goto out;
	status = report_missing(&settings->segments, &answers);
out:
	free(answers.item);
	return status;
}

const struct command command_stat = {
	.name = "stat",
	.summary = "show everything about some segments",
	.operands = {"SEGMENT...", 1, INT_MAX,
		     VALUE_SEGMENT(struct stat_settings, segments)},
	.options = options,
	.prepare = prepare,
	.size = sizeof(struct stat_settings),
	.privileges = PRIVILEGE_SYS_PTRACE,
	.run = stat_run,
};

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shmtool stat: everything that is known of some segments. It never attaches them. */
#include <err.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/access.h"
#include "lib/attach.h"
#include "lib/procfs.h"
#include "lib/survey.h"

#include "caller.h"
#include "command.h"
#include "config.h"
#include "holders.h"
#include "names.h"
#include "option.h"
#include "output.h"
#include "privilege.h"
#include "report.h"
#include "sandbox.h"
#include "screen.h"

struct stat_settings {
	struct selectors segments;
	bool json;
	const char *config; /* NULL: the site's files */
	unsigned int held;  /* privileges of the caller, as they were */
};

static const struct option_row options[] = {
	{'m', "id", VALUE_SEGMENT_ID(struct stat_settings, segments),
	 "the segment with this id; may be repeated"},
	{'M', "key", VALUE_SEGMENT_KEY(struct stat_settings, segments),
	 "the segment with this key; may be repeated"},
	{'J', "json", VALUE_FLAG(struct stat_settings, json), "write a JSON document"},
	CONFIG_OPTION(struct stat_settings, config),
	{0},
};

/* What one operand names. */
struct answer {
	bool found;
	struct finding finding;
	const struct attachment *attachment;
};

/* What stat_run() works with. */
struct answers {
	struct answer *item; /* one for each operand */
	size_t count;
	struct attachment *attachments; /* one for each segment that was found */
	size_t attached;
	struct survey *survey; /* elsewhere: it is large, and not to be cleared */
	struct names names;
	struct caller caller; /* who asks; its groups are to be freed */
	gid_t *groups;
	struct config config;
	struct policy policy; /* of a gc by the caller without other options */
	bool policy_known;
	int status; /* of what was done all the same */
};

static int prepare(void *argument)
{
	struct stat_settings *settings = argument;

	settings->held = privilege_held();
	return 0;
}

/* Returns 0, or -1 after a message, as those that follow. */
static int find_answers(const struct selectors *segments, struct answers *answers)
{
	struct survey *survey = answers->survey;
	struct finding finding;
	int got = survey_open(survey, PROCFS_SHM);

	while (got >= 0 && (got = survey_next(survey, &finding)) > 0)
		for (size_t i = 0; i < segments->count; i++)
			if (selector_matches(&segments->item[i], &finding.segment))
				answers->item[i] = (struct answer){true, finding, NULL};
	if (got < 0)
		report_survey_failure(survey);
	survey_close(survey);
	return got;
}

/* The place for the holders of a segment, which two operands can have named. */
static struct attachment *place_for(struct answers *answers,
				    const struct segment *segment)
{
	struct attachment *attachment = answers->attachments;

	for (; attachment < answers->attachments + answers->attached; attachment++)
		if (attachment->id == segment->id)
			return attachment;
	*attachment = (struct attachment){
		.id = segment->id, .nattch = segment->nattch, .segment = segment};
	answers->attached++;
	return attachment;
}

static int find_holders(struct answers *answers)
{
	struct attach_search search = {.processes = &answers->survey->processes,
				       .describe = true};

	answers->attachments = calloc(answers->count, sizeof(answers->attachments[0]));
	if (!answers->attachments) {
		warn(NULL);
		return -1;
	}
	for (size_t i = 0; i < answers->count; i++)
		if (answers->item[i].found)
			answers->item[i].attachment = place_for(
				answers, &answers->item[i].finding.segment);
	answers->status = holders_find(&search, answers->attachments, answers->attached);
	return 0;
}

/* Learn what gc would go by, run by the caller with this file, or with none. */
static void know_policy(struct answers *answers, const char *file)
{
	answers->policy_known = config_read(file, &answers->config) == 0;
	if (answers->policy_known)
		answers->policy = config_policy(&answers->config, geteuid(),
						answers->caller.may_remove);
	else
		answers->status = EXIT_FAILURE;
}

static const struct policy *policy_of(const struct answers *answers)
{
	return answers->policy_known ? &answers->policy : NULL;
}

static struct row row_of(struct answers *answers, const struct answer *answer)
{
	return (struct row){&answer->finding, &answers->names, answer->attachment};
}

static void show_screens(struct answers *answers)
{
	const char *gap = "";

	for (size_t i = 0; i < answers->count; i++) {
		const struct answer *answer = &answers->item[i];
		const struct row row = row_of(answers, answer);

		if (!answer->found)
			continue;
		fputs(gap, stdout);
		screen_show(&row, &answers->survey->moment, &answers->caller,
			    policy_of(answers));
		gap = "\n";
	}
}

static void put_ruling(struct json *json, const struct policy *policy,
		       const struct finding *finding)
{
	const enum rule rule = policy_apply(policy, finding);
	char why[VERDICT_ROOM];

	report_ruling(policy, finding, rule, why);
	json_open_object(json, "gc");
	json_bool(json, "removes", rule == RULE_GARBAGE);
	json_text(json, "rule", policy_rule_name(rule));
	json_text(json, "reason", why);
	json_close_object(json);
}

/* What depends on who asks. */
static void put_rights(struct json *json, const struct answers *answers,
		       const struct finding *finding)
{
	if (answers->policy_known)
		put_ruling(json, &answers->policy, finding);
	else
		json_null(json, "gc");
	json_open_object(json, "may");
	json_bool(json, "read", access_read(&finding->segment, &answers->caller));
	json_bool(json, "write", access_write(&finding->segment, &answers->caller));
	json_bool(json, "remove", access_remove(&finding->segment, &answers->caller));
	json_close_object(json);
}

static void write_json(struct answers *answers)
{
	struct output output = {.format = OUTPUT_JSON, .columns = columns_all()};

	output_begin(&output);
	for (size_t i = 0; i < answers->count; i++) {
		const struct answer *answer = &answers->item[i];
		const struct row row = row_of(answers, answer);

		if (!answer->found)
			continue;
		json_open_object(&output.json, NULL);
		output_members(&output.json, &output.columns, &row);
		put_rights(&output.json, answers, &answer->finding);
		json_close_object(&output.json);
	}
	output_end(&output, NULL);
}

static int report_missing(const struct selectors *segments, const struct answers *answers)
{
	int status = answers->status;

	for (size_t i = 0; i < segments->count; i++)
		if (!answers->item[i].found) {
			report_absent(&segments->item[i]);
			status = EXIT_FAILURE;
		}
	return status;
}

static int stat_run(void *argument)
{
	const struct stat_settings *settings = argument;
	struct survey survey;
	struct answers answers = {.count = settings->segments.count, .survey = &survey};
	int status = EXIT_FAILURE;

	answers.item = calloc(answers.count, sizeof(answers.item[0]));
	if (!answers.item) {
		warn(NULL);
		return status;
	}
	if (find_answers(&settings->segments, &answers) || find_holders(&answers))
		goto out;
	answers.groups = caller_learn(&answers.caller, settings->held);
	if (!answers.groups)
		goto out;
	know_policy(&answers, settings->config);
	if (settings->json)
		write_json(&answers);
	else
		show_screens(&answers);
	report_silent(&survey.processes);
	status = report_missing(&settings->segments, &answers);
out:
	attach_release(answers.attachments, answers.attached);
	free(answers.attachments);
	config_release(&answers.config);
	free(answers.groups);
	free(answers.item);
	names_release(&answers.names);
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
	.privileges = PRIVILEGE_SYS_PTRACE | PRIVILEGE_DAC_READ_SEARCH |
		      PRIVILEGE_CHECKPOINT_RESTORE,
	.may = MAY_SEE_PROCESSES,
	.run = stat_run,
};

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shmtool gc: find the dead segments, say why, and if so told remove them. */
#include <err.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/procfs.h"
#include "lib/survey.h"

#include "account.h"
#include "ask.h"
#include "command.h"
#include "config.h"
#include "names.h"
#include "privilege.h"
#include "removal.h"
#include "report.h"
#include "sandbox.h"
#include "selection.h"

struct gc_settings {
	bool yes, dry_run, check, verbose, quiet, json;
	bool keyed, system, locked, ignore_last_user;
	int64_t older_than, keyed_older_than; /* -1: as configured */
	uint64_t max, max_bytes;	      /* UINT64_MAX: as configured */
	struct filter filter;
	const char *config; /* NULL: the site's files */
	bool show_config, no_fence, no_log;
};

static const struct gc_settings defaults = {
	.older_than = -1,
	.keyed_older_than = -1,
	.max = UINT64_MAX,
	.max_bytes = UINT64_MAX,
	.filter = FILTER_ALL,
};

static const struct option_row options[] = {
	{'y', "yes", VALUE_FLAG(struct gc_settings, yes), "remove them without asking"},
	{'n', "dry-run", VALUE_FLAG(struct gc_settings, dry_run),
	 "only say what would be removed, also on a terminal and with --yes"},
	{0, "check", VALUE_FLAG(struct gc_settings, check),
	 "the same, and exit with 3 if that is anything"},
	{'v', "verbose", VALUE_FLAG(struct gc_settings, verbose),
	 "also show every segment that is kept, and why"},
	{'q', "quiet", VALUE_FLAG(struct gc_settings, quiet),
	 "leave out the summary: say nothing if there is nothing"},
	{'J', "json", VALUE_FLAG(struct gc_settings, json),
	 "write a JSON document with every segment, and do not ask"},
	{0, "older-than", VALUE_DURATION(struct gc_settings, older_than),
	 "take those idle for as long (default 1h, keyed ones 1d)"},
	{0, "keyed-older-than", VALUE_DURATION(struct gc_settings, keyed_older_than),
	 "take keyed ones idle for as long"},
	{0, "keyed", VALUE_FLAG(struct gc_settings, keyed),
	 "also take segments with a key"},
	{0, "system", VALUE_FLAG(struct gc_settings, system),
	 "also take those of system users"},
	{0, "locked", VALUE_FLAG(struct gc_settings, locked),
	 "also take those that are locked in memory"},
	{0, "ignore-last-user", VALUE_FLAG(struct gc_settings, ignore_last_user),
	 "also take those whose last user runs, if their creator does not"},
	{0, "max", VALUE_COUNT(struct gc_settings, max),
	 "remove nothing if that were more segments than this"},
	{0, "max-bytes", VALUE_SIZE(struct gc_settings, max_bytes),
	 "remove nothing if that were more bytes than this"},
	SELECTION_OPTIONS(struct gc_settings, filter),
	SELECTION_BY_PID(struct gc_settings, filter, "creator or last user"),
	SELECTION_BY_KEY(struct gc_settings, filter, "key"),
	CONFIG_OPTION(struct gc_settings, config),
	{0, "show-config", VALUE_FLAG(struct gc_settings, show_config),
	 "show the policy, and where each line of it is from"},
	{0, "no-fence", VALUE_FLAG(struct gc_settings, no_fence),
	 "do not keep others from attaching while removing"},
	{0, "no-log", VALUE_FLAG(struct gc_settings, no_log),
	 "do not record in the system's log what is removed"},
	{0},
};

/* What gc works with. */
struct collection {
	const struct gc_settings *settings;
	struct config config;
	struct policy policy;
	struct survey *survey; /* elsewhere: it is large, and not to be cleared */
	struct names names;
	struct account account;
	struct findings garbage;
};

static int check_settings(const struct gc_settings *settings)
{
	if (settings->yes && settings->check && !settings->dry_run)
		return usage_error("--yes and --check exclude each other");
	if (settings->filter.private_only && settings->keyed)
		return usage_error("--private and --keyed exclude each other");
	if (settings->show_config && (settings->yes || settings->check || settings->json))
		return usage_error(
			"--show-config does nothing but show the policy files");
	return selection_check(&settings->filter);
}

/* What the command line says goes over what the files say. */
static void merge(struct config *config, const struct gc_settings *settings)
{
	config->keyed |= settings->keyed;
	config->system |= settings->system;
	config->locked |= settings->locked;
	config->ignore_last_user |= settings->ignore_last_user;
	config->log &= !settings->no_log;
	if (settings->older_than >= 0)
		config->older_than = config->keyed_older_than =
			config->readable_older_than = settings->older_than;
	if (settings->keyed_older_than >= 0)
		config->keyed_older_than = settings->keyed_older_than;
	if (settings->max != UINT64_MAX)
		config->max = settings->max;
	if (settings->max_bytes != UINT64_MAX)
		config->max_bytes = settings->max_bytes;
}

/* Judge every segment, before the first is touched. Returns 0, or -1 after a message. */
static int find_garbage(struct collection *collection)
{
	const struct gc_settings *settings = collection->settings;
	struct survey *survey = collection->survey;
	struct finding finding;
	enum rule rule;
	int got;

	while ((got = survey_next(survey, &finding)) > 0) {
		if (!filter_passes(&settings->filter, &finding, false))
			continue;
		rule = policy_apply(&collection->policy, &finding);
		/* Its last user was to be ignored, and may be another than was meant. */
		if (rule == RULE_GARBAGE &&
		    filter_is_in_doubt(&settings->filter, &finding))
			rule = RULE_IDLE;
		if (rule != RULE_GARBAGE) {
			account_enter(&collection->account, &finding, rule, DEED_KEPT, 0);
		} else if (findings_add(&collection->garbage, &finding)) {
			warn(NULL);
			return -1;
		}
	}
	if (got < 0)
		report_survey_failure(survey);
	return got;
}

/* More than expected is a sign that something else is wrong. */
static bool is_too_much(const struct collection *collection)
{
	const struct gc_settings *settings = collection->settings;
	const struct config *config = &collection->config;
	const struct findings *garbage = &collection->garbage;
	const uint64_t bytes = findings_size(garbage);

	if (garbage->count > config->max)
		warnx("nothing is removed: %zu segment%s more than %s %" PRIu64,
		      garbage->count, garbage->count == 1 ? " is" : "s are",
		      settings->max == UINT64_MAX ? "the policy's max," : "--max",
		      config->max);
	else if (bytes > config->max_bytes)
		warnx("nothing is removed: %" PRIu64 " bytes are more than %s %" PRIu64,
		      bytes,
		      settings->max_bytes == UINT64_MAX ? "the policy's max-bytes,"
							: "--max-bytes",
		      config->max_bytes);
	else
		return false;
	return true;
}

static void show_plan(struct collection *collection)
{
	for (size_t i = 0; i < collection->garbage.count; i++)
		account_enter(&collection->account, &collection->garbage.item[i],
			      RULE_GARBAGE, DEED_PLANNED, 0);
}

static bool is_agreed(struct collection *collection)
{
	const struct account *account = &collection->account;

	show_plan(collection);
	return account->number[DEED_PLANNED] &&
	       ask_to_remove(account->number[DEED_PLANNED], account->bytes[DEED_PLANNED],
			     0);
}

/* Returns an exit status, as those that follow. */
static int remove_garbage(struct collection *collection)
{
	static const enum deed deeds[] = {
		[REAPED_REMOVED] = DEED_REMOVED, [REAPED_MARKED] = DEED_MARKED,
		[REAPED_ABSENT] = DEED_GONE,	 [REAPED_CHANGED] = DEED_SPARED,
		[REAPED_USED] = DEED_SPARED,	 [REAPED_FAILED] = DEED_FAILED,
		[REAPED_STRAY] = DEED_FAILED,
	};
	struct account *account = &collection->account;
	const struct findings *garbage = &collection->garbage;
	struct removal removal = {
		.unused = true,
		.fence = !collection->settings->no_fence,
		.log = collection->config.log,
		.verbose = account->verbose,
		.policy = &collection->policy,
		.survey = collection->survey,
		.names = &collection->names,
	};
	int result = removal_run(&removal, garbage);

	if (result)
		show_plan(collection);
	for (size_t i = 0; result == 0 && i < garbage->count; i++) {
		const enum deed deed = deeds[removal.batch[i].outcome];

		if (deed == DEED_MARKED || deed == DEED_FAILED)
			removal_complain(&removal, i);
		account_enter(account, &garbage->item[i], RULE_GARBAGE, deed,
			      removal.batch[i].error);
	}
	removal_release(&removal);
	if (result || removal.unrecorded || account->number[DEED_MARKED] ||
	    account->number[DEED_FAILED])
		return EXIT_FAILURE;
	return EXIT_SUCCESS;
}

static int collect(struct collection *collection)
{
	const struct gc_settings *settings = collection->settings;
	struct account *account = &collection->account;
	const bool only_report = settings->dry_run || settings->check;
	const bool removes = settings->yes && !only_report;
	const bool asks = !settings->yes && !only_report && !settings->json &&
			  ask_is_possible();
	int status = EXIT_SUCCESS;

	account_begin(account);
	if (find_garbage(collection))
		return EXIT_FAILURE;
	account->stopped = is_too_much(collection);
	if (account->stopped)
		status = EXIT_FAILURE;
	else if (settings->check && collection->garbage.count)
		status = EXIT_FOUND;

	if (status == EXIT_SUCCESS && (removes || (asks && is_agreed(collection)))) {
		account->removing = true;
		status = remove_garbage(collection);
	} else if (!asks || status) {
		show_plan(collection);
	}
	account_end(account);
	return status;
}

static int survey_and_collect(struct collection *collection)
{
	struct survey survey;
	int status = EXIT_FAILURE;

	collection->survey = &survey;
	if (survey_open(&survey, PROCFS_SHM) == 0)
		status = collect(collection);
	else
		report_survey_failure(&survey);
	report_silent(&survey.processes);
	survey_close(&survey);
	collection->survey = NULL;
	return status;
}

static int gc_run(void *argument)
{
	const struct gc_settings *settings = argument;
	struct collection collection = {.settings = settings};
	struct config *config = &collection.config;
	int status = check_settings(settings);

	if (status)
		return status;
	if (config_read(settings->config, config))
		return EXIT_FAILURE;
	if (settings->show_config) {
		config_show(config, stdout);
		config_release(config);
		return EXIT_SUCCESS;
	}
	merge(config, settings);
	collection.policy = config_policy(config, geteuid(),
					  privilege_over_all_segments());
	collection.policy.owner = settings->filter.owner;
	collection.account = (struct account){
		.policy = &collection.policy,
		.names = &collection.names,
		.as_json = settings->json,
		.verbose = settings->verbose,
		.quiet = settings->quiet,
		.knows_yes = settings->yes,
	};
	if (!settings->dry_run && !settings->check)
		removal_recover();
	status = survey_and_collect(&collection);
	findings_release(&collection.garbage);
	names_release(&collection.names);
	config_release(config);
	return status;
}

const struct command command_gc = {
	.name = "gc",
	.summary = "find the segments that nobody can come back for, and remove them",
	.options = options,
	.defaults = &defaults,
	.size = sizeof(struct gc_settings),
	.privileges = PRIVILEGE_SYS_ADMIN | PRIVILEGE_SYS_PTRACE |
		      PRIVILEGE_DAC_READ_SEARCH,
	.may = MAY_CHANGE | MAY_REMOVE | MAY_SEE_PROCESSES | MAY_RECORD,
	.run = gc_run,
};

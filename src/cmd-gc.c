/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shmtool gc: find the dead segments, say why, and with --yes remove them. */
#include <err.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/policy.h"
#include "lib/procfs.h"
#include "lib/reap.h"
#include "lib/survey.h"

#include "command.h"
#include "config.h"
#include "format.h"
#include "names.h"
#include "option.h"
#include "privilege.h"
#include "report.h"
#include "value.h"

struct gc_settings {
	bool yes, verbose, quiet, keyed, system;
	int64_t older_than; /* -1: the default for either kind */
	struct some_id owner;
};

static const struct gc_settings defaults = {.older_than = -1};

static const struct option_row options[] = {
	{'y', "yes", VALUE_FLAG(struct gc_settings, yes),
	 "remove them; without it, report"},
	{'v', "verbose", VALUE_FLAG(struct gc_settings, verbose),
	 "also show every segment that is kept, and why"},
	{'q', "quiet", VALUE_FLAG(struct gc_settings, quiet),
	 "leave out the summary: say nothing if there is nothing"},
	{0, "older-than", VALUE_DURATION(struct gc_settings, older_than),
	 "take those idle for as long (default 1h, keyed ones 1d)"},
	{'k', "keyed", VALUE_FLAG(struct gc_settings, keyed),
	 "also take segments with a key"},
	{'u', "owner", VALUE_USER(struct gc_settings, owner), "take this user's alone"},
	{0, "system", VALUE_FLAG(struct gc_settings, system),
	 "also take those of system users"},
	{0},
};

/* What became of them. */
struct tally {
	size_t taken, kept, failed;
	uint64_t bytes; /* of those taken */
};

static struct policy make_policy(const struct gc_settings *settings,
				 const struct config *config)
{
	struct policy policy = config_policy(config, geteuid(),
					     privilege_over_all_segments());

	if (settings->older_than >= 0)
		policy.older_than = policy.keyed_older_than = settings->older_than;
	policy.keyed |= settings->keyed;
	policy.system |= settings->system;
	policy.owner = settings->owner;
	return policy;
}

/* "removed segment 7 (private, 1M, alice, idle 2h5m): creator PID 812 has exited" */
static void print_line(const char *done, const struct finding *finding,
		       struct names *names, const char *why)
{
	const struct segment *segment = &finding->segment;
	char text[FORMAT_ROOM];

	printf("%s segment %d (", done, segment->id);
	if (segment->key)
		printf("0x%08" PRIx32, segment->key);
	else
		fputs(segment->dest ? "key lost" : "private", stdout);
	format_size(segment->size, text);
	printf(", %s, ", text);
	format_put_safe(names_user(names, segment->uid), stdout);
	if (finding->verdict.idle >= 0) {
		format_duration(finding->verdict.idle, text);
		printf(", idle %s", text);
	}
	fputs("): ", stdout);
	format_put_safe(why, stdout);
	putchar('\n');
}

/* Judge every segment, before the first is touched. Returns 0, or -1 after a message. */
static int find_garbage(const struct policy *policy, bool verbose, struct names *names,
			struct findings *garbage, size_t *kept)
{
	char why[VERDICT_ROOM];
	struct survey survey;
	struct finding finding;
	enum rule rule;
	int got = survey_open(&survey, PROCFS_SHM), result = -1;

	while (got >= 0 && (got = survey_next(&survey, &finding)) > 0) {
		if (policy->owner.set && finding.segment.uid != policy->owner.id)
			continue;
		rule = policy_apply(policy, &finding);
		if (rule == RULE_GARBAGE) {
			if (findings_add(garbage, &finding)) {
				warn(NULL);
				goto out;
			}
			continue;
		}
		++*kept;
		if (!verbose)
			continue;
		report_ruling(policy, &finding, rule, why);
		print_line("keep", &finding, names, why);
	}
	if (got == 0)
		result = 0;
	else
		report_survey_failure(&survey);
out:
	survey_close(&survey);
	return result;
}

/* Remove one, if it is still as it was judged. */
static void remove_one(const struct finding *finding, struct names *names,
		       const char *why, struct tally *tally)
{
	const struct segment *segment = &finding->segment;
	struct segment now;

	switch (reap_segment(segment, true, &now)) {
	case REAPED_REMOVED:
		print_line("removed", finding, names, why);
		tally->taken++;
		tally->bytes += segment->size;
		break;
	case REAPED_MARKED:
		warnx("segment %d: marked only, as somebody attached it at the last moment",
		      segment->id);
		tally->failed++;
		break;
	case REAPED_ABSENT:
		print_line("gone", finding, names, "somebody else has just removed it");
		break;
	case REAPED_CHANGED:
	case REAPED_USED:
		print_line("keep", finding, names,
			   "it has been used or changed just now");
		tally->kept++;
		break;
	default:
		warn("segment %d", segment->id);
		tally->failed++;
		break;
	}
}

static void take_garbage(const struct findings *garbage, bool yes, struct names *names,
			 struct tally *tally)
{
	const struct finding *finding = garbage->item;
	char why[VERDICT_ROOM];

	for (; finding < garbage->item + garbage->count; finding++) {
		verdict_explain(finding, why, sizeof(why));
		if (yes) {
			remove_one(finding, names, why, tally);
			continue;
		}
		print_line("would remove", finding, names, why);
		tally->taken++;
		tally->bytes += finding->segment.size;
	}
}

static void print_summary(const struct tally *tally, const struct gc_settings *settings)
{
	const char *done = settings->yes ? "removed" : "to remove";
	char size[FORMAT_ROOM];

	format_size(tally->bytes, size);
	if (tally->taken)
		printf("%zu segment%s %s (%s)", tally->taken,
		       tally->taken == 1 ? "" : "s", done, size);
	else
		printf("nothing %s", done);
	printf(", %zu kept", tally->kept);
	if (tally->failed)
		printf(", %zu failed", tally->failed);
	if (tally->taken && !settings->yes)
		fputs("; --yes removes", stdout);
	if (tally->kept && !settings->verbose)
		fputs("; --verbose says why the others stay", stdout);
	putchar('\n');
}

static int gc_run(const void *argument)
{
	const struct gc_settings *settings = argument;
	struct config config;
	struct policy policy;
	struct findings garbage = {0};
	struct names names = {0};
	struct tally tally = {0};
	int status = EXIT_FAILURE;

	if (config_read(NULL, &config))
		return EXIT_FAILURE;
	policy = make_policy(settings, &config);
	if (find_garbage(&policy, settings->verbose, &names, &garbage, &tally.kept))
		goto out;
	take_garbage(&garbage, settings->yes, &names, &tally);
	if (!settings->quiet)
		print_summary(&tally, settings);
	status = tally.failed ? EXIT_FAILURE : EXIT_SUCCESS;
out:
	findings_release(&garbage);
	names_release(&names);
	config_release(&config);
	return status;
}

const struct command command_gc = {
	.name = "gc",
	.summary = "find the segments that nobody can come back for, and remove them",
	.options = options,
	.defaults = &defaults,
	.size = sizeof(struct gc_settings),
	.privileges = PRIVILEGE_SYS_ADMIN | PRIVILEGE_SYS_PTRACE,
	.run = gc_run,
};

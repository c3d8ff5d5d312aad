/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "account.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/survey.h"

#include "format.h"
#include "names.h"
#include "report.h"

static const struct deed_words {
	const char *result; /* in JSON */
	const char *done;   /* in a line; NULL: a message of its own says it */
	const char *why;    /* NULL: what the rule says */
} words[] = {
	[DEED_KEPT] = {"kept", "keep", NULL},
	[DEED_PLANNED] = {"planned", "would remove", NULL},
	[DEED_REMOVED] = {"removed", "removed", NULL},
	[DEED_SPARED] = {"kept", "keep", "it has been used or changed just now"},
	[DEED_GONE] = {"gone", "gone", "somebody else has just removed it"},
	[DEED_MARKED] = {"marked", NULL, NULL},
	[DEED_FAILED] = {"failed", NULL, NULL},
};

void account_begin(struct account *account)
{
	if (!account->as_json)
		return;
	account->json = (struct json){.file = stdout};
	json_open_object(&account->json, NULL);
	json_open_array(&account->json, "segments");
}

static void put_object(struct account *account, const struct finding *finding,
		       enum rule rule, enum deed deed, const char *why)
{
	const struct segment *segment = &finding->segment;
	struct json *json = &account->json;
	char key[FORMAT_ROOM];

	format_key(segment->key, key);
	json_open_object(json, NULL);
	json_signed(json, "id", segment->id);
	json_text(json, "key", key);
	json_text(json, "owner", names_user(account->names, segment->uid));
	json_unsigned(json, "uid", segment->uid);
	json_unsigned(json, "size", segment->size);
	json_text(json, "state", verdict_state_name(finding->verdict.state));
	if (finding->verdict.idle < 0)
		json_null(json, "idle");
	else
		json_signed(json, "idle", finding->verdict.idle);
	json_text(json, "rule", policy_rule_name(rule));
	json_text(json, "reason", why);
	json_text(json, "action", rule == RULE_GARBAGE ? "remove" : "keep");
	json_text(json, "result", words[deed].result);
}

/* Whether a deed gets a line. */
static bool is_said(const struct account *account, enum deed deed)
{
	if (deed == DEED_KEPT)
		return account->verbose;
	if (deed == DEED_SPARED || deed == DEED_GONE)
		return account->verbose || !account->quiet;
	return words[deed].done;
}

void account_enter(struct account *account, const struct finding *finding, enum rule rule,
		   enum deed deed, int error)
{
	char why[VERDICT_ROOM];

	account->number[deed]++;
	account->bytes[deed] = segment_sum(account->bytes[deed], finding->segment.size);
	if (!account->as_json && !is_said(account, deed))
		return;

	if (words[deed].why)
		snprintf(why, sizeof(why), "%s", words[deed].why);
	else
		report_ruling(account->policy, finding, rule, why);
	if (!account->as_json) {
		report_segment(words[deed].done, finding, account->names, why);
		return;
	}
	put_object(account, finding, rule, deed, why);
	if (deed == DEED_FAILED)
		json_text(&account->json, "error", strerror(error));
	json_close_object(&account->json);
}

static size_t kept(const struct account *account)
{
	return account->number[DEED_KEPT] + account->number[DEED_SPARED];
}

static size_t failed(const struct account *account)
{
	return account->number[DEED_MARKED] + account->number[DEED_FAILED];
}

static void end_json(struct account *account)
{
	struct json *json = &account->json;

	json_close_array(json);
	json_open_object(json, "total");
	json_unsigned(json, "planned", account->number[DEED_PLANNED]);
	json_known(json, "planned_bytes", account->bytes[DEED_PLANNED]);
	json_unsigned(json, "removed", account->number[DEED_REMOVED]);
	json_known(json, "removed_bytes", account->bytes[DEED_REMOVED]);
	json_unsigned(json, "kept", kept(account));
	json_unsigned(json, "gone", account->number[DEED_GONE]);
	json_unsigned(json, "marked", account->number[DEED_MARKED]);
	json_unsigned(json, "failed", account->number[DEED_FAILED]);
	json_close_object(json);
	json_close_object(json);
	json_end(json);
}

static void put_sum(enum deed deed, const char *done, const struct account *account)
{
	char size[FORMAT_ROOM];

	format_size(account->bytes[deed], size);
	if (account->number[deed])
		printf("%zu segment%s %s (%s)", account->number[deed],
		       account->number[deed] == 1 ? "" : "s", done, size);
	else
		printf("nothing %s", done);
}

void account_end(struct account *account)
{
	const bool planned = account->number[DEED_PLANNED];
	const bool others = planned || account->number[DEED_REMOVED];

	if (account->as_json) {
		end_json(account);
		return;
	}
	if (account->quiet)
		return;
	if (account->removing)
		put_sum(DEED_REMOVED, "removed", account);
	else
		put_sum(DEED_PLANNED, "to remove", account);
	printf(", %zu kept", kept(account));
	if (failed(account))
		printf(", %zu failed", failed(account));
	if (planned && !account->removing && !account->stopped && !account->knows_yes)
		fputs("; --yes removes", stdout);
	if (kept(account) && !account->verbose)
		printf("; --verbose says why%s", others ? " the others stay" : "");
	putchar('\n');
}

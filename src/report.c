/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report.h"

#include <err.h>
#include <errno.h>

#include "lib/procfs.h"
#include "lib/select.h"
#include "lib/survey.h"

void report_survey_failure(const struct survey *survey)
{
	if (errno == EBADMSG)
		warnx(PROCFS_SHM ": line %lu is truncated or garbage", survey->scan.line);
	else if (errno == ENOSYS)
		warnx("this kernel has no System V shared memory");
	else
		warn("%s", survey->scan.slot ? "shmctl(SHM_STAT_ANY)" : PROCFS_SHM);
}

void report_absent(const struct selector *selector)
{
	char name[SELECTOR_ROOM];

	selector_text(selector, name);
	warnx("%s: no such segment%s", name,
	      selector->by_key
		      ? " (one that is marked dest has lost its key: give its id)"
		      : "");
}

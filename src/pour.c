/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pour.h"

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "lib/send.h"

#include "place.h"
#include "replace.h"
#include "source.h"

void pour_complain(const char *output)
{
	if (!output)
		warn("write error");
	else
		place_error(&(struct place){.file = output}, "%s",
			    replace_strerror(errno));
}

static void advance(struct pouring *pouring, uint64_t done)
{
	pouring->done += done;
	if (progress_due(&pouring->progress))
		progress_show_bytes(&pouring->progress, pouring->done,
				    pouring->sources->length);
}

/* Of a segment that could not be read on. */
static void complain_of_segment(const struct content *content)
{
	if (errno == EFAULT && content_is_huge(content))
		warnx("segment %d: too few huge pages are free to look at its holes",
		      content->segment.id);
	else
		warn("segment %d", content->segment.id);
}

/* Whether a signal waits for the end of this: its effect is message enough. */
static bool is_stopped(const struct pouring *pouring)
{
	return pouring->replace && replace_is_stopped(pouring->replace);
}

/* Returns 0, or -1 after a message. */
static int send_one(struct pouring *pouring, const struct source *source)
{
	struct sending sending = {
		.to = pouring->to,
		.copy = pouring->copy,
		.sparse = pouring->output,
	};
	int64_t done = send_begin(&sending, &source->content, source->window.offset,
				  source->window.length);

	if (done == 0)
		while (!is_stopped(pouring) && (done = send_step(&sending)) > 0)
			advance(pouring, (uint64_t)done);
	if (done == 0)
		done = send_finish(&sending);
	send_end(&sending);
	if (done >= 0)
		return is_stopped(pouring) ? -1 : 0;
	progress_erase(&pouring->progress);
	if (errno == EFAULT || sending.unread)
		complain_of_segment(&source->content);
	else if (errno == EPIPE && !pouring->output)
		putchar('\n'); /* into the same pipe, so that the end knows of it */
	else
		pour_complain(pouring->output);
	return -1;
}

/* The same, of what people read. */
static int show_one(struct pouring *pouring, const struct source *source, FILE *file)
{
	struct show show = {.form = pouring->form, .file = file};
	int64_t done = 0;

	if (pouring->sources->count > 1)
		fprintf(file, "%s==> segment %d <==\n", pouring->done ? "\n" : "",
			source->content.segment.id);
	show_begin(&show, source);
	while (!is_stopped(pouring) && (done = show_step(&show)) > 0)
		advance(pouring, (uint64_t)done);
	if (is_stopped(pouring))
		return -1;
	if (done < 0) {
		complain_of_segment(&source->content);
		return -1;
	}
	show_end(&show);
	if (!ferror(file))
		return 0;
	/* What failed may not be tried again: this is, so that the end knows the reason. */
	fputc('\n', file);
	return file == stdout ? -1 : 0;
}

/*
 * A write that failed once may succeed the next time, and then fclose(3) does too, but the
 * file lacks what was not written: in doubt the reason is EIO.
 */
static int close_output(FILE *file)
{
	const bool failed = ferror(file);

	errno = EIO;
	return fclose(file) || failed ? -1 : 0;
}

int pour(struct pouring *pouring)
{
	const struct sources *sources = pouring->sources;
	FILE *file = stdout;
	int result = 0;

	if (pouring->output && pouring->form != FORM_RAW) {
		file = fdopen(dup(pouring->to), "w");
		if (!file) {
			warn(NULL);
			return -1;
		}
	}
	if (pouring->shows_progress)
		progress_begin(&pouring->progress, true);
	for (size_t i = 0; result == 0 && i < sources->count; i++)
		result = pouring->form == FORM_RAW
				 ? send_one(pouring, &sources->item[i])
				 : show_one(pouring, &sources->item[i], file);
	progress_end(&pouring->progress);
	if (file != stdout && close_output(file) && result == 0) {
		pour_complain(pouring->output);
		result = -1;
	}
	return result;
}

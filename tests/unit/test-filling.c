/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is said where bytes do not arrive, for reasons that the kernel does not give on demand. */
#include "unit.h"

#include <stdlib.h>
#include <unistd.h>

#include "filling.h"
#include "lib/content.h"
#include "lib/fence.h"
#include "lib/verify.h"
#include "attaching.h"

static uint64_t done; /* how far a step gets, at once */
static int error;     /* and what it gives then; 0: it ends well */
static bool input_failed;

int __wrap_fill_step(struct fill *fill);
int __wrap_verify_step(struct verify *verify);
int __wrap_input_stage(struct input *input, uint64_t most);
int __wrap_content_open(struct content *content, const struct segment *seen,
			bool writable);

static int end(void)
{
	errno = error;
	return error ? -1 : 0;
}

int __wrap_fill_step(struct fill *fill)
{
	fill->done = done;
	fill->input_failed = input_failed;
	return end();
}

int __wrap_verify_step(struct verify *verify)
{
	verify->done = done;
	verify->input_failed = input_failed;
	return end();
}

int __wrap_input_stage(struct input *input, uint64_t most)
{
	(void)most;
	input->length = done;
	return end();
}

int __wrap_content_open(struct content *content, const struct segment *seen,
			bool writable)
{
	(void)seen;
	(void)writable;
	*content = (struct content){.file = -1};
	return end();
}

static const struct segment segment = {.id = 7, .mode = 0640, .uid = 4000000001};
static struct filling filling;
static struct content content;
static struct window window;

static int reset(void **state)
{
	(void)state;
	filling = (struct filling)FILLING_NONE;
	content = (struct content){.segment = segment, .file = -1, .page_size = 4096};
	window = (struct window){100, 5000};
	done = 0;
	error = 0;
	input_failed = false;
	return 0;
}

static int write_it(void)
{
	return filling_write(&filling, &content, &window);
}

static int verify_it(void)
{
	return filling_verify(&filling, &content, &window);
}

static int measure_it(void)
{
	return filling_measure(&filling, 5000);
}

static int open_it(void)
{
	struct content opened;

	return attaching_open(&opened, &segment, true, &(int){FENCE_PATIENCE})
		       ? EXIT_FAILURE
		       : 0;
}

/* Do it, which fails, and compare what arrives on stderr after the program's name. */
static void expect(int (*function)(void), const char *text)
{
	char path[] = "/tmp/shmtool-filling-XXXXXX";
	char written[512] = "", expected[512];
	int fd = mkstemp(path), saved = dup(STDERR_FILENO), status;

	unlink(path);
	dup2(fd, STDERR_FILENO);
	status = function();
	fflush(stderr);
	dup2(saved, STDERR_FILENO);
	close(saved);
	assert_true(pread(fd, written, sizeof(written) - 1, 0) >= 0);
	close(fd);
	assert_int_equal(status, EXIT_FAILURE);
	snprintf(expected, sizeof(expected), "%s: %s\n", program_invocation_short_name,
		 text);
	assert_string_equal(written, expected);
}

static void what_arrives_is_no_more_than_the_window_then(void **state)
{
	(void)state;
	done = 4000;
	assert_int_equal(write_it(), 0);
	assert_int_equal(window.offset, 100);
	assert_int_equal(window.length, 4000);
	assert_int_equal(verify_it(), 0);
}

static void what_fails_says_how_far_it_got_and_whose_fault_it_is(void **state)
{
	(void)state;
	done = 1;
	error = EFAULT;
	expect(write_it,
	       "segment 7: wrote 1 byte, then: there is no memory for more of it");
	assert_int_equal(window.length, 1);
	content.page_size = 2 << 20;
	expect(write_it,
	       "segment 7: wrote 1 byte, then: no huge page is free for more of it (see the sysctl vm.nr_hugepages)");
	done = 4096;
	error = EMFILE;
	expect(write_it, "segment 7: wrote 4096 bytes, then: Too many open files");
	input_failed = true;
	error = EIO;
	expect(write_it,
	       "segment 7: wrote 4096 bytes, then: standard input: Input/output error");
	filling.path = "a\033b";
	expect(write_it,
	       "segment 7: wrote 4096 bytes, then: a\\x1bb: Input/output error");
}

static void what_is_compared_says_where_it_differs(void **state)
{
	(void)state;
	done = 23;
	error = EILSEQ;
	expect(verify_it,
	       "segment 7: at offset 123 is not what was written: somebody else writes to it");
	error = ENOMEM;
	expect(verify_it, "segment 7: cannot be verified: Cannot allocate memory");
	error = EFAULT;
	expect(verify_it,
	       "segment 7: cannot be verified: there is no memory for more of it");
	error = ENODATA;
	input_failed = true;
	filling.path = "file";
	expect(verify_it, "segment 7: cannot be verified: file: it has become shorter");
}

static void what_cannot_be_staged_says_why(void **state)
{
	(void)state;
	filling.input.kind = INPUT_STREAM;
	error = EIO;
	expect(measure_it, "standard input: Input/output error");
	error = ENOMEM;
	expect(measure_it, "standard input: Cannot allocate memory");
	error = EFBIG;
	expect(measure_it, "standard input: File too large (see 'ulimit -f')");
	error = E2BIG;
	expect(measure_it, "standard input: too long: there is room for 5000 bytes");
}

static void what_cannot_be_attached_says_why(void **state)
{
	(void)state;
	assert_int_equal(open_it(), 0);
	error = EACCES;
	expect(open_it,
	       "segment 7: Permission denied: mode 0640, owner 4000000001; writing needs read and write permission");
	error = ENOENT;
	expect(open_it, "segment 7: somebody else has just removed it");
	error = ESTALE;
	expect(open_it,
	       "segment 7: left as it is: another segment has this id now: look again");
	error = ENOMEM;
	expect(open_it, "segment 7: cannot attach it: Cannot allocate memory");
}

#define TEST(name) cmocka_unit_test_setup(name, reset)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_arrives_is_no_more_than_the_window_then),
		TEST(what_fails_says_how_far_it_got_and_whose_fault_it_is),
		TEST(what_is_compared_says_where_it_differs),
		TEST(what_cannot_be_staged_says_why),
		TEST(what_cannot_be_attached_says_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

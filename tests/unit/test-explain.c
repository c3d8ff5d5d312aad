/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is said of errors that the kernel does not give on demand. */
#include "unit.h"

#include <stdlib.h>
#include <unistd.h>

#include "explain.h"
#include "lib/memory.h"
#include "lib/sysctl.h"
#include "lib/sysv.h"

static struct memory pretended;
static struct huge_pages pool; /* of a size that is not the default */
static unsigned int sizes_known;
static int group_error;

void __wrap_memory_read(struct memory *memory, const char *info);
void __wrap_huge_pages_read(struct huge_pages *huge, uint64_t size);
unsigned int __wrap_huge_pages_sizes(const char *directory, uint64_t *sizes);
int __real_sysctl_read(const char *path, uint64_t *value);
int __wrap_sysctl_read(const char *path, uint64_t *value);

void __wrap_memory_read(struct memory *memory, const char *info)
{
	assert_string_equal(info, MEMORY_INFO);
	*memory = pretended;
}

void __wrap_huge_pages_read(struct huge_pages *huge, uint64_t size)
{
	assert_int_equal(size, pool.size);
	*huge = pool;
}

unsigned int __wrap_huge_pages_sizes(const char *directory, uint64_t *sizes)
{
	static const uint64_t all[] = {64 << 10, 2 << 20, 1 << 30};

	assert_string_equal(directory, MEMORY_HUGE_PAGES);
	memcpy(sizes, all, sizeof(all));
	return sizes_known;
}

int __wrap_sysctl_read(const char *path, uint64_t *value)
{
	if (strcmp(path, SYSCTL_HUGE_GROUP) != 0)
		return __real_sysctl_read(path, value);
	*value = 7;
	errno = group_error;
	return group_error ? -1 : 0;
}

/* Explain, and compare what arrives on stderr with these lines. */
static void expect(struct refusal refusal, const char *first, const char *second)
{
	char path[] = "/tmp/shmtool-explain-XXXXXX";
	char written[512] = "", expected[512];
	int fd = mkstemp(path), saved = dup(STDERR_FILENO);

	unlink(path);
	dup2(fd, STDERR_FILENO);
	explain_refusal(&refusal);
	fflush(stderr);
	dup2(saved, STDERR_FILENO);
	close(saved);
	assert_true(pread(fd, written, sizeof(written) - 1, 0) > 0);
	close(fd);

	snprintf(expected, sizeof(expected), "%s: %s\n%s", program_invocation_short_name,
		 first, second);
	assert_string_equal(written, expected);
}

static void without_overcommit_the_limit_and_its_use_are_said(void **state)
{
	(void)state;
	pretended = (struct memory){
		.overcommit = 2, .commit_limit = 1ull << 30, .committed = 1000 << 20};
	expect((struct refusal){ENOMEM, 1 << 30, 0},
	       "cannot create a segment of 1073741824 bytes: Cannot allocate memory",
	       "  the sysctl vm.overcommit_memory is 2: 1G may be committed (CommitLimit), 1000M are (Committed_AS)\n");
}

static void more_than_memory_and_swap_is_called_that(void **state)
{
	(void)state;
	pretended = (struct memory){.total = 3 << 20, .swap = 1 << 20};
	expect((struct refusal){ENOMEM, 5 << 20, 0},
	       "cannot create a segment of 5242880 bytes: Cannot allocate memory",
	       "  the sysctl vm.overcommit_memory is 0: no segment can be larger than memory and swap, 4M\n");
}

static void what_overcommit_does_not_explain_is_not_blamed_on_it(void **state)
{
	(void)state;
	pretended = (struct memory){.total = 3 << 20, .swap = 1 << 20, .overcommit = 1};
	expect((struct refusal){ENOMEM, 5, 0},
	       "cannot create a segment of 5 bytes: Cannot allocate memory",
	       "  the sysctl vm.overcommit_memory is 1, and not the reason: the kernel itself is short of memory\n");
	/* Nothing but that it is 0, or 2; or not even that. */
	for (uint64_t overcommit = 0; overcommit < 6; overcommit += 2) {
		memset(&pretended, 0xff, sizeof(pretended));
		if (overcommit < 4)
			pretended.overcommit = overcommit;
		expect((struct refusal){ENOMEM, 5, 0},
		       "cannot create a segment of 5 bytes: Cannot allocate memory", "");
	}
}

static void huge_pages_are_counted_as_they_would_be_taken(void **state)
{
	(void)state;
	pretended = (struct memory){
		.huge = {.size = 2 << 20, .total = 9, .free = 3, .reserved = 2}};
	expect((struct refusal){ENOMEM, (2 << 20) + 1, SYSV_HUGE},
	       "cannot create a segment of 2097153 bytes: Cannot allocate memory",
	       "  huge pages of 2M: 2 needed, 1 available\n"
	       "  the sysctl vm.nr_hugepages says how many there are, 9: more can be had there\n");
	/* By its size or as the default: it is the same pool. */
	expect((struct refusal){ENOMEM, 4 << 20, 21},
	       "cannot create a segment of 4194304 bytes: Cannot allocate memory",
	       "  huge pages of 2M: 2 needed, 1 available\n"
	       "  the sysctl vm.nr_hugepages says how many there are, 9: more can be had there\n");
	expect((struct refusal){ENOMEM, 1, SYSV_HUGE},
	       "cannot create a segment of 1 bytes: Cannot allocate memory",
	       "  huge pages of 2M: 1 needed, 1 available\n"
	       "  that is enough now: another limit was in the way, such as that of a control group\n");
	memset(&pretended, 0xff, sizeof(pretended));
	expect((struct refusal){ENOMEM, 1, SYSV_HUGE},
	       "cannot create a segment of 1 bytes: Cannot allocate memory",
	       "  nothing is known of huge pages here\n");
}

static void huge_pages_of_another_size_have_a_pool_of_their_own(void **state)
{
	(void)state;
	pretended = (struct memory){.huge = {.size = 2 << 20, .total = 9, .free = 3}};
	pool = (struct huge_pages){.size = 1 << 30, .total = 4, .free = 0};
	expect((struct refusal){ENOMEM, 3 << 20, 30},
	       "cannot create a segment of 3145728 bytes: Cannot allocate memory",
	       "  huge pages of 1G: 1 needed, 0 available\n"
	       "  /sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages says how many there are, 4: more can be had there\n");
}

static void a_size_that_no_huge_pages_have_is_answered_with_those_there_are(void **state)
{
	(void)state;
	for (sizes_known = 0; sizes_known <= 3; sizes_known++) {
		static const char *const texts[] = {
			"  this kernel may have no huge pages: see /sys/kernel/mm/hugepages\n",
			"  this kernel has huge pages of 64K\n",
			"  this kernel has huge pages of 64K and 2M\n",
			"  this kernel has huge pages of 64K, 2M and 1G\n"};

		expect((struct refusal){EINVAL, 1, 22},
		       "cannot create a segment of 1 bytes: Invalid argument",
		       texts[sizes_known]);
	}
}

static void a_permission_that_is_missing_is_named(void **state)
{
	(void)state;
	group_error = 0;
	expect((struct refusal){EPERM, 1, SYSV_HUGE},
	       "cannot create a segment of 1 bytes: Operation not permitted",
	       "  huge pages need CAP_IPC_LOCK, or the group in the sysctl vm.hugetlb_shm_group, 7\n");
	group_error = ENOENT;
	expect((struct refusal){EPERM, 1, SYSV_HUGE},
	       "cannot create a segment of 1 bytes: Operation not permitted",
	       "  huge pages need CAP_IPC_LOCK, or the group in the sysctl vm.hugetlb_shm_group\n");
	expect((struct refusal){EACCES, 1, 0},
	       "cannot create a segment of 1 bytes: Permission denied",
	       "  Linux lets everybody create segments: a security module or a seccomp filter does not\n");
}

static void a_limit_that_is_not_reached_any_more_is_not_blamed(void **state)
{
	(void)state;
	expect((struct refusal){ENOSPC, 1, 0},
	       "cannot create a segment of 1 bytes: No space left on device",
	       "  kernel.shmmni and kernel.shmall leave room for it now: try again\n");
}

static void an_error_without_explanation_is_said_as_it_is(void **state)
{
	(void)state;
	expect((struct refusal){EIO, 1, 0},
	       "cannot create a segment of 1 bytes: Input/output error", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_overcommit_the_limit_and_its_use_are_said),
		cmocka_unit_test(more_than_memory_and_swap_is_called_that),
		cmocka_unit_test(what_overcommit_does_not_explain_is_not_blamed_on_it),
		cmocka_unit_test(huge_pages_are_counted_as_they_would_be_taken),
		cmocka_unit_test(huge_pages_of_another_size_have_a_pool_of_their_own),
		cmocka_unit_test(
			a_size_that_no_huge_pages_have_is_answered_with_those_there_are),
		cmocka_unit_test(a_permission_that_is_missing_is_named),
		cmocka_unit_test(a_limit_that_is_not_reached_any_more_is_not_blamed),
		cmocka_unit_test(an_error_without_explanation_is_said_as_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

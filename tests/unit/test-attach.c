/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Real processes that hold real segments, and others that only look as if they did. */
#include "unit.h"

#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/attach.h"
#include "lib/mapping.h"
#include "lib/moment.h"

#include "kcmp.h"

#define NOBODY 65534
#define KEY 0x5eed0001

/* What cannot be asked of any process, by the errno: 0, all can be asked. */
static struct {
	int namespace, owner, threads;
} fault;

/* The process that alone is listed; 0: all are. Others come and go, hidden or not. */
static pid_t listed;

static uintptr_t address; /* where attach_at_the_address() does that */

ssize_t __real_readlinkat(int directory, const char *path, char *text, size_t size);
ssize_t __wrap_readlinkat(int directory, const char *path, char *text, size_t size);
int __wrap_fstat(int fd, struct stat *stat);
int __wrap_fstat64(int fd, struct stat *stat);
DIR *__real_fdopendir(int fd);
DIR *__wrap_fdopendir(int fd);
struct dirent *__real_readdir(DIR *directory);
struct dirent *__wrap_readdir(DIR *directory);
struct dirent *__real_readdir64(DIR *directory) __attribute__((weak)); /* not in musl */
struct dirent *__wrap_readdir64(DIR *directory);

static int refuse(int error)
{
	errno = error;
	return -1;
}

/* That of the caller is asked for by another name. */
ssize_t __wrap_readlinkat(int directory, const char *path, char *text, size_t size)
{
	if (fault.namespace && strcmp(path, "ns/ipc") == 0)
		return refuse(fault.namespace);
	return __real_readlinkat(directory, path, text, size);
}

/* Of /proc/PID and no other: memfds are asked for their device. */
int __wrap_fstat(int fd, struct stat *stat)
{
	if (fstatat(fd, "", stat, AT_EMPTY_PATH))
		return -1;
	return fault.owner && S_ISDIR(stat->st_mode) ? refuse(fault.owner) : 0;
}

int __wrap_fstat64(int fd, struct stat *stat)
{
	return __wrap_fstat(fd, stat);
}

DIR *__wrap_fdopendir(int fd)
{
	if (!fault.threads)
		return __real_fdopendir(fd);
	refuse(fault.threads);
	return NULL;
}

static struct dirent *next_listed(DIR *directory, struct dirent *(*next)(DIR *directory))
{
	struct dirent *entry;

	do
		entry = next(directory);
	while (entry && listed && atoi(entry->d_name) != listed);
	return entry;
}

struct dirent *__wrap_readdir(DIR *directory)
{
	return next_listed(directory, __real_readdir);
}

struct dirent *__wrap_readdir64(DIR *directory)
{
	return next_listed(directory, __real_readdir64);
}

static size_t page(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

/* A segment of four pages that everybody may attach. */
static int make_segment(key_t key)
{
	int id = shmget(key, 4 * page(), IPC_CREAT | IPC_EXCL | 0666);

	assert_int_not_equal(id, -1);
	return id;
}

static void remove_segment(int id)
{
	assert_int_equal(shmctl(id, IPC_RMID, NULL), 0);
}

static char *attach(int id, int flags)
{
	char *at = shmat(id, NULL, flags);

	if (at == (void *)-1)
		_exit(1);
	return at;
}

/* A child that does its part, and then stays until it is ended. */
static pid_t start_child(void (*part)(int id), int id)
{
	int ready[2];
	pid_t pid;
	char byte;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		part(id);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (write(ready[1], "", 1) == 1)
			for (;;)
				pause();
		_exit(1);
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	return pid;
}

static void end_child(pid_t pid)
{
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

/* What a child says of what it saw, which has no cmocka to tell. */
static int ask_child(int (*look)(int id), int id)
{
	pid_t pid = fork();
	int status;

	assert_int_not_equal(pid, -1);
	if (pid == 0)
		_exit(look(id));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int find_with(struct attach_search *search, struct attachment *list, size_t count)
{
	static struct processes processes;
	const struct moment moment = moment_present();

	processes_init(&processes, &moment);
	search->processes = &processes;
	return attach_find(search, list, count);
}

static void assert_same(const struct attachment *a, const struct attachment *b)
{
	assert_int_equal(a->holders, b->holders);
	assert_true(a->seen == b->seen && a->key == b->key);
	assert_true(a->key_known == b->key_known && a->page_size == b->page_size);
	for (size_t i = 0; i < a->holders; i++) {
		assert_int_equal(a->holder[i].pid, b->holder[i].pid);
		assert_int_equal(a->holder[i].uid, b->holder[i].uid);
		assert_string_equal(a->holder[i].command, b->holder[i].command);
		assert_true(a->holder[i].started == b->holder[i].started);
		assert_int_equal(a->holder[i].mappings, b->holder[i].mappings);
		assert_int_equal(a->holder[i].writable, b->holder[i].writable);
	}
}

static uint64_t nattch_of(int id)
{
	struct shmid_ds ds;

	assert_int_equal(shmctl(id, IPC_STAT, &ds), 0);
	return ds.shm_nattch;
}

/* Who has it, when so many attaches are to be found; by PROCMAP_QUERY and by text. */
static struct attachment look_for(int id, uint64_t nattch)
{
	struct attach_search search = {.describe = true, .text = true};
	struct attachment text = {.id = id, .nattch = nattch}, found = text;

	assert_int_equal(find_with(&search, &text, 1), 0);
	search.text = false;
	assert_int_equal(find_with(&search, &found, 1), 0);
	assert_same(&found, &text);
	attach_release(&text, 1);
	return found;
}

static struct attachment look(int id)
{
	return look_for(id, nattch_of(id));
}

static void attach_once(int id)
{
	attach(id, 0);
}

static void a_holder_is_found_with_all_that_is_known_of_it(void **state)
{
	int id = make_segment(KEY);
	pid_t pid = start_child(attach_once, id);
	struct attachment found = look(id);

	(void)state;
	assert_true(found.nattch == 1 && found.seen == 1);
	assert_int_equal(found.holders, 1);
	assert_int_equal(found.holder->pid, pid);
	assert_int_equal(found.holder->uid, geteuid());
	assert_string_equal(found.holder->command, "test-attach");
	assert_in_range(moment_present().now - found.holder->started + 1, 0, 62);
	assert_int_equal(found.holder->mappings, 1);
	assert_true(found.holder->writable);
	assert_true(found.key_known);
	assert_true(found.key == KEY);
	assert_int_equal(found.page_size, page());
	attach_release(&found, 1);
	end_child(pid);
	remove_segment(id);
}

static void command_and_start_are_learned_only_on_request(void **state)
{
	int id = make_segment(KEY);
	pid_t pid = start_child(attach_once, id);
	struct attachment found = {.id = id, .nattch = 1};
	struct attach_search search = {.describe = false};

	(void)state;
	assert_int_equal(find_with(&search, &found, 1), 0);
	assert_int_equal(found.holder->pid, pid);
	assert_string_equal(found.holder->command, "");
	assert_true(found.holder->started == PROCESS_STARTED_UNKNOWN);
	attach_release(&found, 1);
	end_child(pid);
	remove_segment(id);
}

static void nobody_is_found_where_nobody_is(void **state)
{
	int id = make_segment(IPC_PRIVATE);
	struct attachment found = look_for(id, 1);

	(void)state;
	assert_int_equal(found.holders, 0);
	assert_true(found.seen == 0 && found.page_size == 0 && !found.key_known);
	attach_release(&found, 1);
	remove_segment(id);
}

static void attach_thrice(int id)
{
	attach(id, SHM_RDONLY);
	attach(id, 0);
	attach(id, SHM_RDONLY);
}

static void several_attaches_of_a_process_are_one_holder(void **state)
{
	int id = make_segment(KEY);
	pid_t pid = start_child(attach_thrice, id);
	struct attachment found = look(id);

	(void)state;
	assert_true(found.nattch == 3 && found.seen == 3);
	assert_int_equal(found.holders, 1);
	assert_int_equal(found.holder->mappings, 3);
	assert_true(found.holder->writable);
	attach_release(&found, 1);
	end_child(pid);
	remove_segment(id);
}

static void attach_to_read(int id)
{
	attach(id, SHM_RDONLY);
}

static void who_may_only_read_does_not_write(void **state)
{
	int id = make_segment(KEY);
	pid_t pid = start_child(attach_to_read, id);
	struct attachment found = look(id);

	(void)state;
	assert_true(found.seen == 1);
	assert_false(found.holder->writable);
	attach_release(&found, 1);
	end_child(pid);
	remove_segment(id);
}

static void split(int id)
{
	if (mprotect(attach(id, 0) + page(), page(), PROT_READ))
		_exit(1);
}

static void an_attach_that_mprotect_has_split_is_three_mappings(void **state)
{
	int id = make_segment(KEY);
	pid_t pid = start_child(split, id);
	struct attachment found = look(id);

	(void)state;
	assert_true(found.nattch == 3 && found.seen == 3);
	assert_int_equal(found.holders, 1);
	assert_int_equal(found.holder->mappings, 3);
	attach_release(&found, 1);
	end_child(pid);
	remove_segment(id);
}

static void a_segment_marked_for_destruction_keeps_its_first_key(void **state)
{
	int id = make_segment(KEY);
	pid_t pid = start_child(attach_once, id);
	struct attachment found;

	(void)state;
	remove_segment(id);
	found = look(id);
	assert_true(found.key_known && found.key == KEY);
	assert_int_equal(found.holder->pid, pid);
	attach_release(&found, 1);
	end_child(pid);
}

enum { FORKS = 5 };

static void all_forks_are_holders_in_the_order_of_their_pids(void **state)
{
	int id = make_segment(KEY);
	char *at = attach(id, 0);
	pid_t pid[FORKS];
	struct attachment found;

	(void)state;
	for (int i = 0; i < FORKS; i++)
		pid[i] = start_child(attach_once, id);
	found = look(id);
	assert_true(found.seen == 1 + 2 * FORKS);
	assert_int_equal(found.holders, 1 + FORKS);
	for (size_t i = 0; i < found.holders; i++) {
		assert_int_equal(found.holder[i].mappings,
				 1 + (found.holder[i].pid != getpid()));
		assert_true(i == 0 || found.holder[i - 1].pid < found.holder[i].pid);
	}
	attach_release(&found, 1);
	for (int i = 0; i < FORKS; i++)
		end_child(pid[i]);
	shmdt(at);
	remove_segment(id);
}

static void segments_are_told_apart_in_any_order(void **state)
{
	int first = make_segment(KEY), second = make_segment(IPC_PRIVATE);
	pid_t pid = start_child(attach_once, first),
	      other = start_child(attach_thrice, second);
	struct attachment list[] = {{.id = second, .nattch = 3},
				    {.id = second + 1, .nattch = 1},
				    {.id = first, .nattch = 1}};
	struct attach_search search = {0};

	(void)state;
	assert_int_equal(find_with(&search, list, COUNT(list)), 0);
	assert_int_equal(list[0].holder->pid, other);
	assert_true(list[0].seen == 3 && list[0].key == 0 && list[0].key_known);
	assert_int_equal(list[1].holders, 0);
	assert_int_equal(list[2].holder->pid, pid);
	assert_true(list[2].seen == 1 && list[2].key == KEY);
	attach_release(list, COUNT(list));
	end_child(pid);
	end_child(other);
	remove_segment(first);
	remove_segment(second);
}

static void attach_at_the_address(int id)
{
	if (shmat(id, (void *)address, 0) == (void *)-1)
		_exit(1);
}

static void segments_at_the_same_address_are_told_apart(void **state)
{
	int first = make_segment(KEY), second = make_segment(IPC_PRIVATE);
	pid_t pid[3];
	struct attachment list[] = {{.id = first, .nattch = 2},
				    {.id = second, .nattch = 1}};
	struct attach_search search = {0};

	(void)state;
	address = (uintptr_t)attach(first, 0);
	shmdt((void *)address);
	pid[0] = start_child(attach_at_the_address, first);
	pid[1] = start_child(attach_at_the_address, second);
	pid[2] = start_child(attach_at_the_address, first);
	assert_int_equal(find_with(&search, list, COUNT(list)), 0);
	assert_int_equal(list[0].holders, 2);
	assert_true(list[0].seen == 2);
	assert_int_equal(list[1].holders, 1);
	assert_int_equal(list[1].holder->pid, pid[1]);
	assert_true(list[1].seen == 1);
	attach_release(list, COUNT(list));
	for (size_t i = 0; i < COUNT(pid); i++)
		end_child(pid[i]);
	remove_segment(first);
	remove_segment(second);
}

static void huge_pages_are_known_by_their_size(void **state)
{
	const size_t huge = (size_t)2 << 20;
	/* Needs no huge page as long as nobody touches it; privileges and support, yes. */
	int id = shmget(KEY, huge,
			IPC_CREAT | 0600 | SHM_HUGETLB | 21 << 26 | SHM_NORESERVE);
	struct attachment found;
	pid_t pid;

	(void)state;
	if (id < 0) {
		assert_true(errno == EPERM || errno == EINVAL || errno == ENODEV ||
			    errno == ENOENT || errno == ENOSYS || errno == ENOMEM);
		return;
	}
	pid = start_child(attach_once, id);
	found = look(id);
	assert_true(found.seen == 1 && found.key == KEY);
	assert_int_equal(found.holder->pid, pid);
	assert_int_equal(found.page_size, huge);
	attach_release(&found, 1);
	end_child(pid);
	remove_segment(id);
}

static void map_to_end(int fd, int flags)
{
	if (mmap(NULL, page(), PROT_READ, flags, fd, 0) == MAP_FAILED)
		_exit(1);
}

static void map_other_things(int id)
{
	(void)id;
	for (int i = 0; i < 2000; i++)
		map_to_end(-1, MAP_SHARED | MAP_ANONYMOUS);
	for (int i = 0; i < 500; i++)
		map_to_end(memfd_create("/SYSV00000000", MFD_CLOEXEC), MAP_SHARED);
}

static void memfds_and_anonymous_memory_are_no_segments(void **state)
{
	enum { IDS = 100000 };
	struct attachment *list = calloc(IDS, sizeof(*list));
	pid_t pid = start_child(map_other_things, 0);
	struct attach_search search = {0};
	struct stat stat;
	size_t found = 0;

	(void)state;
	/* Their inode numbers count up on the device of segments. */
	assert_int_equal(fstat(memfd_create("x", MFD_CLOEXEC), &stat), 0);
	for (int i = 0; i < IDS; i++)
		list[i] = (struct attachment){
			.id = (int)(stat.st_ino % INT32_MAX) - i + IDS / 10, .nattch = 1};
	for (int text = 0; text <= 1; text++) {
		search.text = text;
		assert_int_equal(find_with(&search, list, IDS), 0);
		for (int i = 0; i < IDS; i++)
			found += list[i].holders;
		assert_int_equal(found, 0);
	}
	free(list);
	end_child(pid);
}

/* The same id, in an IPC namespace of its own. */
static void attach_elsewhere(int id)
{
	if (unshare(CLONE_NEWIPC) || make_segment(KEY) != id)
		_exit(1);
	attach(id, 0);
}

static void the_same_id_in_another_ipc_namespace_is_another_segment(void **state)
{
	struct attachment found;
	pid_t pid;
	int id;

	(void)state;
	/* Where ids start anew. */
	assert_int_equal(unshare(CLONE_NEWIPC), 0);
	id = make_segment(KEY);
	pid = start_child(attach_elsewhere, id);
	found = look_for(id, 1);
	assert_int_equal(found.holders, 0);
	assert_true(found.seen == 0);
	attach_release(&found, 1);
	end_child(pid);
	remove_segment(id);
}

/* Map a file that has gone since: "/SYSV00000000 (deleted)". Returns its inode. */
static int map_and_unlink(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	struct stat stat;

	if (fd < 0 || ftruncate(fd, (off_t)page()) || fstat(fd, &stat) ||
	    mmap(NULL, page(), PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED ||
	    unlink(path))
		_exit(100);
	close(fd);
	return (int)stat.st_ino;
}

/* How many mappings of this process have a line as a segment does, whatever device. */
static int count_lines(void)
{
	FILE *file = fopen("/proc/self/maps", "re");
	struct mapping mapping;
	char *line = NULL;
	size_t room = 0;
	int count = 0;

	while (file && getline(&line, &room, file) > 0) {
		line[strcspn(line, "\n")] = '\0';
		count += mapping_parse_line(line, &mapping);
	}
	free(line);
	if (file)
		fclose(file);
	return count;
}

/* Returns 0 if what is mounted from now on is seen by nobody else. */
static int own_mounts(int unused)
{
	(void)unused;
	return unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
}

/* To be asked before anything is made: whether a child can have them. */
static void need_own_mounts(void)
{
	if (ask_child(own_mounts, 0))
		skip(); /* a chroot that is no mount point cannot */
}

/* A root directory of one's own, with /proc. */
static void move_house(void)
{
	if (own_mounts(0) || mount("tmpfs", "/tmp", "tmpfs", 0, NULL) ||
	    mkdir("/tmp/proc", 0700) ||
	    mount("/proc", "/tmp/proc", NULL, MS_BIND | MS_REC, NULL) || chroot("/tmp") ||
	    chdir("/"))
		_exit(101);
}

/* Returns 0 if files with the names of segments are not taken for any. */
static int look_at_false_names(int id)
{
	struct attachment list[2] = {{.nattch = 1}, {.nattch = 1}};
	char forged[100];

	(void)id;
	move_house();
	list[0].id = map_and_unlink("/SYSV00000000");
	/* The rest of its name is a line of its own, but for the kernel's \012. */
	snprintf(forged, sizeof(forged), "x\n1000-2000 rw-s 00000000 00:01 %d ",
		 list[0].id + 1);
	if (mkdir(forged, 0700))
		return 102;
	snprintf(forged, sizeof(forged),
		 "x\n1000-2000 rw-s 00000000 00:01 %d /SYSV00000000", list[0].id + 1);
	list[1].id = list[0].id + 1;
	map_and_unlink(forged);
	if (count_lines() != 1)
		return 103;
	for (int text = 0; text <= 1; text++) {
		struct attach_search search = {.text = text};

		if (find_with(&search, list, COUNT(list)) || list[0].holders ||
		    list[1].holders)
			return 104;
	}
	return 0;
}

static void a_file_with_the_name_of_a_segment_is_none(void **state)
{
	(void)state;
	need_own_mounts();
	assert_int_equal(ask_child(look_at_false_names, 0), 0);
}

/* Returns the number of mappings that are found around that of a file deep down. */
static int look_around_a_long_name(int id)
{
	struct attachment text = {.id = id, .nattch = 3}, query = text;
	struct attach_search search = {0};
	char name[201];

	move_house();
	memset(name, '\n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	attach(id, 0);
	for (int i = 0; i < 30; i++)
		if (mkdir(name, 0700) || chdir(name))
			return 102;
	map_and_unlink("SYSV00000000");
	attach(id, 0);
	if (find_with(&search, &query, 1))
		return 103;
	search.text = true;
	if (find_with(&search, &text, 1) || text.seen != query.seen)
		return 104;
	return (int)text.seen;
}

static void a_name_longer_than_any_path_hides_nothing(void **state)
{
	int id;

	(void)state;
	need_own_mounts();
	id = make_segment(KEY);
	assert_int_equal(ask_child(look_around_a_long_name, id), 2);
	remove_segment(id);
}

static void processes_with_one_memory_do_not_stand_for_others(void **state)
{
	struct attachment found;
	pid_t pid;
	char *at;
	int id;

	(void)state;
	need_kcmp();
	id = make_segment(KEY);
	at = attach(id, 0);
	pid = start_cloned(CLONE_VM);
	assert_true(nattch_of(id) == 1);
	found = look_for(id, 2);
	assert_int_equal(found.holders, 2);
	assert_int_equal(found.holder[0].mappings, 1);
	assert_int_equal(found.holder[1].mappings, 1);
	assert_true(found.seen == 1);
	attach_release(&found, 1);
	end_child(pid);
	shmdt(at);
	remove_segment(id);
}

static void become_nobody(void)
{
	if (setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) ||
	    setresuid(NOBODY, NOBODY, NOBODY))
		_exit(1);
}

/* Without other users, as in the user namespace of an ordinary one, there is no other. */
static bool is_real_root(void)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		become_nobody();
		_exit(0);
	}
	waitpid(pid, &status, 0);
	return status == 0;
}

/* Processes without memory. There are none in a PID namespace of one's own. */
static unsigned int count_kernel_threads(void)
{
	unsigned int count = 0;
	char path[32], text[3];
	FILE *file;

	for (pid_t pid = 1; pid < 2000; pid++) {
		snprintf(path, sizeof(path), "/proc/%d/statm", pid);
		file = fopen(path, "re");
		if (!file)
			continue;
		count += fgets(text, sizeof(text), file) && strcmp(text, "0 ") == 0;
		fclose(file);
	}
	return count;
}

/* What nobody sees: bit 0, a holder; bit 1, hidden ones, but no threads of the kernel. */
static int look_as_nobody(int id)
{
	struct attachment found = {.id = id, .nattch = 2};
	struct attach_search search = {0};
	unsigned int threads = count_kernel_threads();

	become_nobody();
	if (find_with(&search, &found, 1))
		return 100;
	if (search.hidden + threads > search.looks)
		return 101;
	return (int)found.seen | (search.hidden ? 2 : 0);
}

static void attach_as_nobody(int id)
{
	attach(id, 0);
	become_nobody();
	prctl(PR_SET_DUMPABLE, 1);
}

static void attach_undumpable(int id)
{
	attach(id, 0);
	become_nobody();
}

static void who_may_not_look_is_told_that_some_are_hidden(void **state)
{
	static const struct {
		void (*part)(int id);
		int seen;
	} cases[] = {{attach_once, 2}, {attach_undumpable, 2}, {attach_as_nobody, 3}};
	int id = make_segment(KEY);
	pid_t pid;

	(void)state;
	for (size_t i = 0; i < COUNT(cases) && is_real_root(); i++) {
		pid = start_child(cases[i].part, id);
		assert_int_equal(ask_child(look_as_nobody, id), cases[i].seen);
		end_child(pid);
	}
	remove_segment(id);
}

static void the_user_of_a_process_that_changed_it_is_the_new_one(void **state)
{
	int id = make_segment(KEY);
	struct attachment found;
	pid_t pid;

	(void)state;
	if (is_real_root()) {
		pid = start_child(attach_undumpable, id);
		found = look(id);
		assert_int_equal(found.holder->uid, NOBODY);
		attach_release(&found, 1);
		end_child(pid);
	}
	remove_segment(id);
}

static void nobody_is_looked_into_once_all_attaches_are_found(void **state)
{
	int id = make_segment(KEY);
	char *at = attach(id, 0);
	pid_t pid = start_child(map_other_things, id);
	struct attachment found = {.id = id};
	struct attach_search search = {0};
	unsigned int looks;

	(void)state;
	assert_int_equal(find_with(&search, &found, 1), 0);
	assert_int_equal(search.looks, 0);

	found.nattch = 1;
	assert_int_equal(find_with(&search, &found, 1), 0);
	assert_int_equal(found.holder->pid, getpid());
	assert_int_equal(search.hidden, 0);
	looks = search.looks;
	attach_release(&found, 1);

	found.nattch = 2;
	assert_int_equal(find_with(&search, &found, 1), 0);
	assert_int_equal(found.holders, 2); /* the child has inherited it */
	assert_true(search.looks > looks);
	attach_release(&found, 1);
	end_child(pid);
	shmdt(at);
	remove_segment(id);
}

static void with_proc_of_other_pids_holders_have_none(void **state)
{
	static struct processes processes;
	const struct moment moment = moment_present();
	int id = make_segment(KEY);
	pid_t pid = start_child(attach_once, id), other = start_child(attach_once, id);
	struct attachment found = {.id = id, .nattch = 2};
	struct attach_search search = {.processes = &processes, .describe = true};

	(void)state;
	processes_init(&processes, &moment);
	processes.trust_proc = false;
	assert_int_equal(attach_find(&search, &found, 1), 0);
	assert_int_equal(found.holders, 2);
	assert_int_equal(found.holder[0].pid, 0);
	assert_int_equal(found.holder[1].pid, 0);
	assert_string_equal(found.holder[0].command, "test-attach");
	attach_release(&found, 1);
	end_child(pid);
	end_child(other);
	remove_segment(id);
}

static int look_without_proc(int id)
{
	struct attachment found = {.id = id, .nattch = 1, .seen = 7};
	struct attach_search search = {0};

	if (own_mounts(0) || mount("tmpfs", "/proc", "tmpfs", 0, NULL))
		return 100;
	if (find_with(&search, &found, 1) == 0)
		return 101;
	return found.seen || found.holders ? 102 : errno;
}

static void without_proc_the_search_fails(void **state)
{
	int id;

	(void)state;
	need_own_mounts();
	id = make_segment(KEY);
	assert_int_equal(ask_child(look_without_proc, id), ENOENT);
	remove_segment(id);
}

/* What is found of a segment that we hold, with one more attach than there is. */
/* Returns how many processes are hidden. */
static size_t look_at_own(struct attachment *found)
{
	struct attach_search search = {.describe = true};
	int id = make_segment(IPC_PRIVATE);
	char *at = attach(id, 0);

	*found = (struct attachment){.id = id, .nattch = 2};
	listed = getpid();
	assert_int_equal(find_with(&search, found, 1), 0);
	listed = 0;
	memset(&fault, 0, sizeof(fault));
	shmdt(at);
	remove_segment(id);
	return search.hidden;
}

static void who_does_not_tell_his_namespace_or_owner_is_hidden(void **state)
{
	struct attachment found;

	(void)state;
	assert_int_equal(look_at_own(&found), 0);
	assert_int_equal(found.holders, 1);
	attach_release(&found, 1);
	fault.namespace = EACCES;
	assert_int_equal(look_at_own(&found), 1);
	assert_int_equal(found.holders, 0);
	fault.owner = EACCES;
	assert_int_equal(look_at_own(&found), 1);
	assert_int_equal(found.holders, 0);
}

static void who_ends_before_he_tells_is_not_hidden(void **state)
{
	struct attachment found;

	(void)state;
	fault.namespace = ESRCH;
	assert_int_equal(look_at_own(&found), 0);
	assert_int_equal(found.holders, 0);
}

static void *stay_in_thread(void *unused)
{
	(void)unused;
	for (;;)
		pause();
	return NULL;
}

/* A process whose first thread has ended, and that holds the segment. */
static pid_t start_headless(int id)
{
	pid_t pid = fork();
	pthread_t thread;
	char path[32], text[512];

	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		attach(id, 0);
		if (pthread_create(&thread, NULL, stay_in_thread, NULL))
			_exit(1);
		pthread_exit(NULL);
	}
	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	for (int i = 0; i < 5000; i++) {
		FILE *file = fopen(path, "re");

		assert_non_null(file);
		assert_non_null(fgets(text, sizeof(text), file));
		fclose(file);
		if (strstr(text, ") Z "))
			return pid;
		usleep(1000);
	}
	fail_msg("its first thread has not ended: %s", text);
	return -1;
}

static void who_does_not_show_the_threads_that_he_has_is_hidden(void **state)
{
	int id = make_segment(KEY);
	pid_t pid = start_headless(id);
	struct attachment found = {.id = id, .nattch = 2};
	struct attach_search search = {0};

	(void)state;
	assert_int_equal(find_with(&search, &found, 1), 0);
	assert_int_equal(found.holders, 1);
	assert_int_equal(found.holder->pid, pid);
	attach_release(&found, 1);
	search = (struct attach_search){0};
	fault.threads = EMFILE;
	listed = pid;
	assert_int_equal(find_with(&search, &found, 1), 0);
	fault.threads = 0;
	listed = 0;
	assert_int_equal(found.holders, 0);
	assert_int_equal(search.hidden, 1);
	end_child(pid);
	remove_segment(id);
}

static void an_empty_list_asks_nobody(void **state)
{
	struct attach_search search = {.looks = 7, .hidden = 7};

	(void)state;
	assert_int_equal(find_with(&search, NULL, 0), 0);
	assert_int_equal(search.looks, 0);
	assert_int_equal(search.hidden, 0);
	attach_release(NULL, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_holder_is_found_with_all_that_is_known_of_it),
		cmocka_unit_test(command_and_start_are_learned_only_on_request),
		cmocka_unit_test(nobody_is_found_where_nobody_is),
		cmocka_unit_test(several_attaches_of_a_process_are_one_holder),
		cmocka_unit_test(who_may_only_read_does_not_write),
		cmocka_unit_test(an_attach_that_mprotect_has_split_is_three_mappings),
		cmocka_unit_test(a_segment_marked_for_destruction_keeps_its_first_key),
		cmocka_unit_test(all_forks_are_holders_in_the_order_of_their_pids),
		cmocka_unit_test(segments_are_told_apart_in_any_order),
		cmocka_unit_test(segments_at_the_same_address_are_told_apart),
		cmocka_unit_test(huge_pages_are_known_by_their_size),
		cmocka_unit_test(memfds_and_anonymous_memory_are_no_segments),
		cmocka_unit_test(the_same_id_in_another_ipc_namespace_is_another_segment),
		cmocka_unit_test(a_file_with_the_name_of_a_segment_is_none),
		cmocka_unit_test(a_name_longer_than_any_path_hides_nothing),
		cmocka_unit_test(processes_with_one_memory_do_not_stand_for_others),
		cmocka_unit_test(who_may_not_look_is_told_that_some_are_hidden),
		cmocka_unit_test(the_user_of_a_process_that_changed_it_is_the_new_one),
		cmocka_unit_test(nobody_is_looked_into_once_all_attaches_are_found),
		cmocka_unit_test(with_proc_of_other_pids_holders_have_none),
		cmocka_unit_test(without_proc_the_search_fails),
		cmocka_unit_test(who_does_not_tell_his_namespace_or_owner_is_hidden),
		cmocka_unit_test(who_ends_before_he_tells_is_not_hidden),
		cmocka_unit_test(who_does_not_show_the_threads_that_he_has_is_hidden),
		cmocka_unit_test(an_empty_list_asks_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

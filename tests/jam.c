/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A process that nobody can look into, made by an ordinary user: jam DEVICE DIRECTORY [COUNT].
 *
 * DEVICE is a /dev/fuse that the user may open. On DIRECTORY comes, in namespaces of the
 * user's own, a file system that never answers FLUSH. Each of COUNT processes, 1 by default,
 * makes a segment, attaches it, opens a file there, and executes a program, which closes
 * the file: execve(2) waits for ever, with the lock held that the kernel takes for
 * /proc/PID/stat, /proc/PID/maps and kcmp(2). Prints the PIDs, then "ready", and stays until
 * it is killed or its parent ends, and all of them with it.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

static void write_file(const char *path, const char *text)
{
	const int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		err(1, "%s", path);
	close(fd);
}

/* Root of a user namespace that has no other user, which may mount. */
static void enter_namespaces(void)
{
	char map[32];
	const unsigned int uid = getuid(), gid = getgid();

	if (unshare(CLONE_NEWUSER | CLONE_NEWNS))
		err(1, "unshare");
	write_file("/proc/self/setgroups", "deny");
	snprintf(map, sizeof(map), "0 %u 1", uid);
	write_file("/proc/self/uid_map", map);
	snprintf(map, sizeof(map), "0 %u 1", gid);
	write_file("/proc/self/gid_map", map);
}

static void answer(int fuse, uint64_t unique, int error, const void *body, size_t size)
{
	char text[4096];
	struct fuse_out_header head = {.len = (uint32_t)(sizeof(head) + size),
				       .error = -error,
				       .unique = unique};

	memcpy(text, &head, sizeof(head));
	if (size)
		memcpy(text + sizeof(head), body, size);
	if (write(fuse, text, head.len) < 0)
		err(1, "answer");
}

/* The root is the one directory, and each name in it the same empty file. */
static struct fuse_attr attributes(uint64_t node)
{
	return (struct fuse_attr){
		.ino = node,
		.nlink = 1,
		.mode = node == FUSE_ROOT_ID ? S_IFDIR | 0755 : S_IFREG | 0644,
	};
}

static void serve_one(int fuse, const struct fuse_in_header *in)
{
	const struct fuse_init_out init = {.major = FUSE_KERNEL_VERSION,
					   .minor = FUSE_KERNEL_MINOR_VERSION,
					   .max_write = 4096};
	const struct fuse_entry_out entry = {.nodeid = 2, .attr = attributes(2)};
	const struct fuse_attr_out attr = {.attr = attributes(in->nodeid)};
	const struct fuse_open_out opened = {.fh = 1};

	switch (in->opcode) {
	case FUSE_INIT:
		answer(fuse, in->unique, 0, &init, sizeof(init));
		break;
	case FUSE_LOOKUP:
		answer(fuse, in->unique, 0, &entry, sizeof(entry));
		break;
	case FUSE_GETATTR:
		answer(fuse, in->unique, 0, &attr, sizeof(attr));
		break;
	case FUSE_OPEN:
		answer(fuse, in->unique, 0, &opened, sizeof(opened));
		break;
	case FUSE_FLUSH:
	case FUSE_INTERRUPT:
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
		break;
	default:
		answer(fuse, in->unique, ENOSYS, NULL, 0);
	}
}

static void serve(int fuse)
{
	static char request[1 << 16];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (read(fuse, request, sizeof(request)) > 0)
		serve_one(fuse, (const struct fuse_in_header *)request);
	_exit(1);
}

static int mount_it(const char *device, const char *directory)
{
	const int fuse = open(device, O_RDWR | O_CLOEXEC);
	char options[80];

	if (fuse < 0)
		err(1, "%s", device);
	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0",
		 fuse);
	if (mount("jam", directory, "fuse", MS_NOSUID | MS_NODEV, options))
		err(1, "mount");
	return fuse;
}

static void jam(const char *directory)
{
	const int id = shmget(IPC_PRIVATE, 1, IPC_CREAT | 0600);
	char path[4096];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (id < 0 || shmat(id, NULL, 0) == (void *)-1 || shmdt(shmat(id, NULL, 0)))
		err(1, "segment");
	snprintf(path, sizeof(path), "%s/file", directory);
	if (open(path, O_RDONLY | O_CLOEXEC) < 0)
		err(1, "%s", path);
	execlp("sleep", "sleep", "1000", (char *)NULL);
	err(1, "sleep");
}

int main(int argc, char *argv[])
{
	int fuse;

	if (argc < 3)
		errx(2, "see the first comment of tests/jam.c");
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	enter_namespaces();
	fuse = mount_it(argv[1], argv[2]);
	if (fork() == 0)
		serve(fuse);
	for (long left = argc > 3 ? atol(argv[3]) : 1; left > 0; left--) {
		const pid_t pid = fork();

		if (pid == 0) {
			close(fuse);
			jam(argv[2]);
		}
		printf("%d\n", pid);
	}
	close(fuse);
	sleep(1);
	puts("ready");
	fflush(stdout);
	for (;;)
		pause();
}

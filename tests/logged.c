/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Run a command whose syslog(3) goes to a file: logged FILE COMMAND [ARGUMENT]...
 * writes FILE, a line for each message; with --deaf for FILE nobody reads them, and there is
 * no room for any. The log of the host sees nothing of it, and it
 * need not have one: the command has a /dev of its own, with little more in it than the
 * socket. Ends with the status of the command, or with 77 if this system does not
 * allow such a /dev.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOT_ALLOWED = 77 };

/* A node that was opened before /dev was covered. */
static void put_node(const char *path, int node)
{
	char from[32];
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);

	snprintf(from, sizeof(from), "/proc/self/fd/%d", node);
	if (fd < 0 || mount(from, path, NULL, MS_BIND, NULL))
		err(NOT_ALLOWED, "%s", path);
	close(fd);
}

static void cover_dev(void)
{
	static const char *const path[] = {"/dev/null", "/dev/full", "/dev/urandom"};
	enum { NODES = sizeof(path) / sizeof(path[0]) };
	int node[NODES];

	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		err(NOT_ALLOWED, "a mount namespace");
	for (size_t i = 0; i < NODES; i++)
		if ((node[i] = open(path[i], O_PATH | O_CLOEXEC)) < 0)
			err(NOT_ALLOWED, "%s", path[i]);
	if (mount("none", "/dev", "tmpfs", 0, "mode=755"))
		err(NOT_ALLOWED, "a /dev of its own");
	for (size_t i = 0; i < NODES; i++) {
		put_node(path[i], node[i]);
		close(node[i]);
	}
	if (symlink("/proc/self/fd", "/dev/fd"))
		err(NOT_ALLOWED, "/dev/fd");
}

static int open_log(void)
{
	const struct sockaddr_un address = {AF_UNIX, "/dev/log"};
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0 || bind(fd, (const struct sockaddr *)&address, sizeof(address)) ||
	    chmod("/dev/log", 0666))
		err(NOT_ALLOWED, "/dev/log");
	return fd;
}

static void fill(void)
{
	const struct sockaddr_un address = {AF_UNIX, "/dev/log"};
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0 || connect(fd, (const struct sockaddr *)&address, sizeof(address)))
		err(NOT_ALLOWED, "/dev/log");
	while (send(fd, "x", 1, 0) == 1)
		;
	if (errno != EAGAIN)
		err(127, "/dev/log");
	close(fd);
}

/* All messages that are there. */
static void copy(int log, FILE *file)
{
	char message[8192];
	ssize_t length;

	while ((length = recv(log, message, sizeof(message), 0)) >= 0) {
		fwrite(message, 1, strnlen(message, (size_t)length), file);
		putc('\n', file);
	}
	if (errno != EAGAIN)
		err(127, "/dev/log");
}

/* Until the command has ended, and nothing of it is left to be read. */
static void copy_all(int log, FILE *file, pid_t pid)
{
	struct pollfd wait[] = {{.fd = log, .events = POLLIN}, {.events = POLLIN}};

	wait[1].fd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (wait[1].fd < 0)
		err(127, "pidfd_open");
	do {
		if (poll(wait, 2, -1) < 0)
			err(127, "poll");
		copy(log, file);
	} while (!wait[1].revents);
	copy(log, file);
}

int main(int argc, char *argv[])
{
	FILE *file = NULL;
	int log, status;
	pid_t pid;
	bool deaf;

	if (argc < 3)
		errx(127, "usage: logged FILE COMMAND [ARGUMENT]...");
	deaf = strcmp(argv[1], "--deaf") == 0;
	if (!deaf)
		file = fopen(argv[1], "we");
	if (!deaf && !file)
		err(127, "%s", argv[1]);
	cover_dev();
	log = open_log();
	if (deaf)
		fill();
	pid = fork();
	if (pid == 0) {
		execvp(argv[2], argv + 2);
		err(127, "%s", argv[2]);
	}
	if (pid < 0)
		err(127, "fork");
	if (!deaf)
		copy_all(log, file, pid);
	if (waitpid(pid, &status, 0) < 0)
		err(127, "waitpid");
	if (file && fclose(file))
		err(127, "%s", argv[1]);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

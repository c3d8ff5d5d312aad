/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "log.h"

#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "lib/verdict.h"

#include "format.h"
#include "names.h"

/*
 * How long all records together may wait for the daemon, and how much more each one that it
 * takes is worth: a daemon that is slow gets them all, and one that has stopped holds nobody
 * up for longer.
 */
static const int64_t patience = 2000000, worth = 1000; /* us */

/*
 * syslog(3) waits in send(2) for as long as the daemon behind /dev/log does not read, and
 * signals are held back meanwhile; no library writes there without waiting. So this does
 * what it does, but on a socket that does not block. Returns a descriptor, or -1 and errno.
 */
static int open_socket(int type)
{
	const struct sockaddr_un address = {AF_UNIX, "/dev/log"};
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), error;

	if (fd < 0)
		return -1;
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

static void open_log(struct log *log)
{
	log->is_stream = false;
	log->fd = open_socket(SOCK_DGRAM);
	if (log->fd >= 0 || errno != EPROTOTYPE)
		return;
	log->is_stream = true;
	log->fd = open_socket(SOCK_STREAM);
}

static int64_t now_us(void)
{
	struct timespec now = {0};

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * (int64_t)1000000 + now.tv_nsec / 1000;
}

/* Until the daemon can take more. Returns 0, or -1 and errno: it has been waited enough. */
static int wait_for_room(struct log *log)
{
	struct pollfd room = {.fd = log->fd, .events = POLLOUT};
	const int64_t before = now_us();
	int got = 0;

	if (log->patience > 0)
		got = poll(&room, 1, (int)(log->patience / 1000) + 1);
	log->patience -= now_us() - before;
	if (got > 0 || (got < 0 && errno == EINTR))
		return 0;
	errno = EAGAIN;
	return -1;
}

/* Returns 0, or -1 and errno. */
static int send_all(struct log *log, const char *text, size_t length)
{
	size_t sent = 0;
	ssize_t got;

	while (sent < length) {
		got = send(log->fd, text + sent, length - sent, MSG_NOSIGNAL);
		if (got >= 0)
			sent += (size_t)got;
		else if (errno != EINTR && (errno != EAGAIN || wait_for_room(log)))
			return -1;
	}
	log->patience += worth;
	return 0;
}

/* Whether the daemon has gone, perhaps to come back as another. */
static bool is_gone(int error)
{
	return error == ECONNREFUSED || error == ENOTCONN || error == ECONNRESET ||
	       error == EPIPE;
}

/* Once more where the daemon has been started anew. */
static void send_record(struct log *log, const char *text, size_t length)
{
	/* In a stream a record has no other end than the NUL. */
	int result = -1;

	if (log->fd >= 0)
		result = send_all(log, text, length + log->is_stream);
	if (result && (log->fd < 0 ? log->was_open : is_gone(errno))) {
		if (log->fd >= 0)
			close(log->fd);
		open_log(log);
		if (log->fd >= 0)
			result = send_all(log, text, length + log->is_stream);
	}
	if (result == 0)
		return;
	log->missed++;
	log->error = errno;
}

/* What RFC 3164 wants before a record; the names of months are of no locale. */
static void put_header(FILE *file)
{
	static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
					 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	const time_t now = time(NULL);
	struct tm tm = {0};

	localtime_r(&now, &tm);
	fprintf(file, "<%d>%s %2d %02d:%02d:%02d shmtool[%d]: ", LOG_DAEMON | LOG_NOTICE,
		months[tm.tm_mon], tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec,
		getpid());
}

static void put_user(const char *label, uid_t uid, struct names *names, FILE *file)
{
	fprintf(file, " %s=", label);
	format_put_safe(names_user(names, uid), file);
	fprintf(file, "(%u)", uid);
}

/* As which user he has logged in who is behind this process, through any su or sudo. */
static void put_login(struct names *names, FILE *file)
{
	const unsigned int nobody = (unsigned int)-1;
	FILE *login = fopen("/proc/self/loginuid", "re");
	unsigned int uid;

	if (!login)
		return;
	if (fscanf(login, "%u", &uid) == 1 && uid != nobody)
		put_user("login", uid, names, file);
	fclose(login);
}

void log_begin(struct log *log, struct names *names)
{
	size_t length;
	FILE *file;

	*log = (struct log){.names = names, .patience = patience};
	tzset();
	open_log(log);
	log->was_open = log->fd >= 0;
	/* Where there is none, none is missed. */
	log->nobody = !log->was_open && (errno == ENOENT || errno == ECONNREFUSED ||
					 errno == ENOTDIR || errno == EACCES);
	log->error = errno;
	file = open_memstream(&log->who, &length);
	if (!file)
		return;
	put_user("by", getuid(), names, file);
	put_login(names, file);
	fclose(file);
}

int log_end(struct log *log)
{
	free(log->who);
	if (log->fd >= 0)
		close(log->fd);
	if (!log->missed)
		return 0;
	warnx("%zu removal%s not recorded in the system's log: %s", log->missed,
	      log->missed == 1 ? " was" : "s were",
	      log->error == EAGAIN ? "the daemon behind /dev/log does not answer"
				   : strerror(log->error));
	return -1;
}

void log_removal(struct log *log, const char *done, const struct finding *finding,
		 const char *why)
{
	const struct segment *segment = &finding->segment;
	char *text = NULL;
	size_t length;
	FILE *file;

	if (log->nobody)
		return;
	file = open_memstream(&text, &length);
	if (!file) {
		log->missed++;
		log->error = errno;
		return;
	}
	put_header(file);
	fprintf(file, "%s segment %d: key=0x%08" PRIx32 " size=%" PRIu64, done,
		segment->id, segment->key, segment->size);
	put_user("owner", segment->uid, log->names, file);
	put_user("creator", segment->cuid, log->names, file);
	fprintf(file, " cpid=%d lpid=%d%s with=%s: ", segment->cpid, segment->lpid,
		log->who ? log->who : "", program_invocation_short_name);
	format_put_safe(why, file);
	if (fclose(file) == 0) {
		send_record(log, text, length);
	} else {
		log->missed++;
		log->error = errno;
	}
	free(text);
}

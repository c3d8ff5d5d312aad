/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "trace.h"

#include <elf.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "calls.h"

enum { TRACEES = 8, PATIENCE = 20, GRACE = 3, CAPACITY = 1 << 20, NOMEM_FD = 200 };

struct tracer {
	const struct fault *fault;
	struct result *result;
	pid_t main, tracee[TRACEES];
	unsigned int tracees;
	bool is_counting, is_over; /* main() has begun; the main process has ended */
	unsigned int count;
	pid_t failing; /* the process whose call is to fail when it returns */
};

static void on_alarm(int signal)
{
	(void)signal;
}

static void set_alarm(unsigned int seconds)
{
	const struct itimerval timer = {.it_value.tv_sec = (time_t)seconds,
					.it_interval.tv_sec = 1};

	setitimer(ITIMER_REAL, seconds ? &timer : &(struct itimerval){0}, NULL);
}

/* The number of the call that is about to be made, so that it is none; or its result. */
static void set_register(pid_t pid, bool is_result, long value)
{
#if defined(__x86_64__)
	struct user_regs_struct registers;

	if (ptrace(PTRACE_GETREGS, pid, NULL, &registers))
		err(1, "PTRACE_GETREGS");
	if (is_result)
		registers.rax = (unsigned long)value;
	else
		registers.orig_rax = (unsigned long)value;
	if (ptrace(PTRACE_SETREGS, pid, NULL, &registers))
		err(1, "PTRACE_SETREGS");
#elif defined(__aarch64__)
	struct user_pt_regs registers;
	int number = (int)value;
	struct iovec all = {&registers, sizeof(registers)},
		     one = {&number, sizeof(number)};

	if (!is_result) {
		if (ptrace(PTRACE_SETREGSET, pid, NT_ARM_SYSTEM_CALL, &one))
			err(1, "NT_ARM_SYSTEM_CALL");
		return;
	}
	if (ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &all))
		err(1, "PTRACE_GETREGSET");
	registers.regs[0] = (unsigned long)value;
	if (ptrace(PTRACE_SETREGSET, pid, NT_PRSTATUS, &all))
		err(1, "PTRACE_SETREGSET");
#else
	(void)is_result;
	(void)value;
	errx(1, "process %d: which registers have a call and its result is not known",
	     pid);
#endif
}

/* The first thing that main() does. */
static bool begins_main(const struct __ptrace_syscall_info *info)
{
	return info->entry.nr == SYS_rt_sigaction && info->entry.args[0] == SIGPIPE;
}

static void at_entry(struct tracer *tracer, pid_t pid,
		     const struct __ptrace_syscall_info *info)
{
	const struct fault *fault = tracer->fault;
	struct call call;

	tracer->is_counting |= pid == tracer->main && begins_main(info);
	if (!tracer->is_counting || fault->kind != FAULT_CALL)
		return;
	call = call_find((long)info->entry.nr);
	if (call.errors[fault->variant] == 0 || tracer->count++ != fault->at)
		return;
	tracer->failing = pid;
	tracer->result->injected = true;
	tracer->result->call = call.name;
	tracer->result->error = call.errors[fault->variant];
	tracer->result->silenced = info->entry.nr == SYS_write &&
				   info->entry.args[0] == STDERR_FILENO;
	if (!call.is_done)
		set_register(pid, false, -1);
}

static void at_call(struct tracer *tracer, pid_t pid)
{
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info) <= 0)
		return;
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
		at_entry(tracer, pid, &info);
	} else if (info.op == PTRACE_SYSCALL_INFO_EXIT && tracer->failing == pid) {
		set_register(pid, true, -tracer->result->error);
		tracer->failing = 0;
	}
}

/* What is open still, but for what it was given. */
static unsigned int count_files(pid_t pid)
{
	char path[64];
	unsigned int count = 0;

	for (int fd = 3; fd < NOMEM_FD; fd++) {
		snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)pid, fd);
		count += faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
	}
	return count;
}

static unsigned int count_attaches(pid_t pid)
{
	char path[64], line[512];
	unsigned int count = 0;
	FILE *maps;

	snprintf(path, sizeof(path), "/proc/%d/maps", (int)pid);
	maps = fopen(path, "re");
	while (maps && fgets(line, sizeof(line), maps))
		count += strstr(line, " /SYSV") != NULL;
	if (maps)
		fclose(maps);
	return count;
}

static void at_end(const struct tracer *tracer, pid_t pid)
{
	if (pid != tracer->main)
		return;
	tracer->result->files = count_files(pid);
	tracer->result->attaches = count_attaches(pid);
}

static bool is_new(struct tracer *tracer, pid_t pid)
{
	for (unsigned int i = 0; i < tracer->tracees; i++)
		if (tracer->tracee[i] == pid)
			return false;
	if (tracer->tracees == TRACEES)
		errx(1, "more than %d processes", TRACEES);
	tracer->tracee[tracer->tracees++] = pid;
	return true;
}

static void forget(struct tracer *tracer, pid_t pid)
{
	for (unsigned int i = 0; i < tracer->tracees; i++)
		if (tracer->tracee[i] == pid)
			tracer->tracee[i] = tracer->tracee[--tracer->tracees];
}

/* It has stopped. Returns the signal that it is to get. */
static int at_stop(struct tracer *tracer, pid_t pid, int status)
{
	const int signal = WSTOPSIG(status), event = status >> 16;
	const bool first = is_new(tracer, pid);

	if (signal == (SIGTRAP | 0x80))
		at_call(tracer, pid);
	else if (event == PTRACE_EVENT_EXIT)
		at_end(tracer, pid);
	else if (event == 0 && !(first && signal == SIGSTOP))
		return signal;
	return 0;
}

static void give_up(struct tracer *tracer)
{
	if (tracer->is_over)
		tracer->result->processes = tracer->tracees;
	else
		tracer->result->late = true;
	for (unsigned int i = 0; i < tracer->tracees; i++)
		kill(tracer->tracee[i], SIGKILL);
}

/* Go on to the next call, as long as that is of interest: it costs most of the time. */
static void go_on(const struct tracer *tracer, pid_t pid, int signal)
{
	const bool wants_calls = tracer->fault->kind == FAULT_CALL &&
				 (!tracer->result->injected || tracer->failing);

	ptrace(wants_calls ? PTRACE_SYSCALL : PTRACE_CONT, pid, NULL, (long)signal);
}

/* Until all of its processes have ended. */
static void follow(struct tracer *tracer)
{
	int status;
	pid_t pid;

	set_alarm(PATIENCE);
	for (;;) {
		pid = waitpid(-1, &status, __WALL);
		if (pid < 0 && errno == EINTR) {
			give_up(tracer);
			continue;
		}
		if (pid < 0)
			break;
		if (WIFSTOPPED(status)) {
			go_on(tracer, pid, at_stop(tracer, pid, status));
			continue;
		}
		forget(tracer, pid);
		if (pid == tracer->main) {
			tracer->result->status = status;
			tracer->is_over = true;
			set_alarm(GRACE);
		}
	}
	set_alarm(0);
}

static void set_number(const char *name, unsigned int number)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", number);
	setenv(name, text, 1);
}

/* The child, from which on all of its descendants are traced. */
static void become(const char *const argv[], const char *input, const struct fault *fault,
		   const int fds[3])
{
	const int in = open(input ? input : "/dev/null", O_RDONLY);
	const char *library = getenv("NOMEM");

	if (in < 0 || dup2(in, 0) < 0 || dup2(fds[0], 1) < 0 || dup2(fds[1], 2) < 0)
		err(1, "%s", input);
	syscall(SYS_close_range, 3U, NOMEM_FD - 1U, 0U);
	if (fault->kind == FAULT_MEMORY && library) {
		dup2(fds[2], NOMEM_FD);
		set_number("NOMEM_AT", fault->at);
		set_number("NOMEM_FD", NOMEM_FD);
		if (fault->variant)
			setenv("NOMEM_ALL", "", 1);
		setenv("LD_PRELOAD", library, 1);
	}
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) || raise(SIGSTOP))
		err(1, "PTRACE_TRACEME");
	execv(argv[0], (char *const *)(uintptr_t)argv);
	err(1, "%s", argv[0]);
}

static pid_t start(const char *const argv[], const char *input, const struct fault *fault,
		   const int fds[3])
{
	const pid_t pid = fork();
	int status;

	if (pid < 0)
		err(1, "fork");
	if (pid == 0)
		become(argv, input, fault, fds);
	if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status))
		errx(1, "%s cannot be traced", argv[0]);
	if (ptrace(PTRACE_SETOPTIONS, pid, NULL,
		   (long)(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK |
			  PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC |
			  PTRACE_O_TRACEEXIT | PTRACE_O_EXITKILL)) ||
	    ptrace(PTRACE_SYSCALL, pid, NULL, 0L))
		err(1, "ptrace");
	return pid;
}

static int open_pipe(int ends[2])
{
	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK))
		err(1, "pipe2");
	/* Nobody reads it before the end; and the program must be able to wait for it. */
	fcntl(ends[1], F_SETPIPE_SZ, CAPACITY);
	fcntl(ends[1], F_SETFL, 0);
	return ends[1];
}

static size_t drain(const int ends[2], char *text, size_t room)
{
	ssize_t got;
	size_t length = 0;

	close(ends[1]);
	while ((got = read(ends[0], text + length, room - length)) > 0)
		length += (size_t)got;
	close(ends[0]);
	return length;
}

void trace_run(const char *const argv[], const char *input, const struct fault *fault,
	       struct result *result)
{
	const struct sigaction action = {.sa_handler = on_alarm};
	struct tracer tracer = {.fault = fault, .result = result};
	int output[2], message[2];
	const int fds[3] = {open_pipe(output), open_pipe(message),
			    memfd_create("told", MFD_CLOEXEC)};
	size_t length;

	*result = (struct result){0};
	sigaction(SIGALRM, &action, NULL);
	tracer.main = start(argv, input, fault, fds);
	is_new(&tracer, tracer.main);
	follow(&tracer);
	if (fault->kind == FAULT_MEMORY && lseek(fds[2], 0, SEEK_END) > 0) {
		result->injected = true;
		result->call = "malloc";
		result->error = ENOMEM;
	}
	close(fds[2]);
	result->length = drain(output, result->output, RESULT_ROOM);
	length = drain(message, result->message, RESULT_ROOM - 1);
	result->message[length] = '\0';
}

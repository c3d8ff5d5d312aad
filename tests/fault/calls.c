/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "calls.h"

#include <errno.h>
#include <stddef.h>
#include <sys/syscall.h>

#define CALL(NAME, FIRST, SECOND)                                                \
	{                                                                        \
		.number = SYS_##NAME, .name = #NAME, .errors = { FIRST, SECOND } \
	}

/* What is undone by failing is done first, or it would be missing afterwards. */
#define DONE(NAME, ERROR)                                                      \
	{                                                                      \
		.number = SYS_##NAME, .name = #NAME, .errors = {ERROR, ERROR}, \
		.is_done = 1                                                   \
	}

static const struct call calls[] = {
	/* By their manual pages these do not fail; brk(2) has no errno. */
	CALL(getuid, 0, 0),
	CALL(geteuid, 0, 0),
	CALL(getgid, 0, 0),
	CALL(getegid, 0, 0),
	CALL(getpid, 0, 0),
	CALL(getppid, 0, 0),
	CALL(gettid, 0, 0),
	CALL(umask, 0, 0),
	CALL(brk, 0, 0),
	CALL(exit, 0, 0),
	CALL(exit_group, 0, 0),
	CALL(rt_sigreturn, 0, 0),
	CALL(rt_sigaction, 0, 0),
	CALL(rt_sigprocmask, 0, 0),
	CALL(restart_syscall, 0, 0),
	CALL(futex, 0, 0),
	CALL(sched_yield, 0, 0),
	CALL(set_robust_list, 0, 0),
#ifdef SYS_rseq
	CALL(rseq, 0, 0),
#endif

	DONE(close, EIO),
	DONE(munmap, ENOMEM),
	DONE(shmdt, EINVAL),

	CALL(openat, EACCES, EMFILE),
	CALL(read, EIO, EINTR),
	CALL(pread64, EIO, ENOMEM),
	CALL(write, ENOSPC, EIO),
	CALL(writev, ENOSPC, EIO),
	CALL(pwrite64, ENOSPC, ENOMEM),
	CALL(lseek, EINVAL, EOVERFLOW), /* ENXIO is no failure, but an answer */
	CALL(fstat, EIO, EOVERFLOW),
	CALL(newfstatat, EACCES, ENOENT),
	CALL(getdents64, EIO, ENOENT),
	CALL(ioctl, ENOTTY, EINVAL),
	CALL(fcntl, EPERM, EBUSY),
	CALL(sendfile, EIO, EINVAL),
	CALL(splice, EINVAL, ENOMEM),
	CALL(vmsplice, EINVAL, ENOMEM),
	CALL(process_vm_readv, EPERM, EFAULT),
	CALL(fsync, EIO, ENOSPC),
	CALL(ftruncate, EFBIG, ENOMEM),
	CALL(linkat, EPERM, EEXIST),
	CALL(renameat, EIO, EPERM),
	CALL(unlinkat, EIO, EPERM),
	CALL(memfd_create, ENOSYS, EMFILE),
	CALL(flock, EWOULDBLOCK, ENOLCK),

	CALL(shmget, ENOSPC, ENOMEM),
	CALL(shmctl, EPERM, ENOMEM), /* EINVAL is an answer too: it is gone */
	CALL(shmat, EACCES, ENOMEM),
	CALL(semget, EACCES, ENOENT),
	CALL(semtimedop, EACCES, EIDRM),
	CALL(mmap, ENOMEM, EPERM),
	CALL(mremap, ENOMEM, EFAULT),
	CALL(madvise, EINVAL, EFAULT),
	CALL(mincore, ENOMEM, EAGAIN),
	CALL(membarrier, ENOSYS, EPERM),

	CALL(clone, EAGAIN, ENOMEM),
	CALL(wait4, ECHILD, EINTR),
	CALL(kill, EPERM, ESRCH),
	CALL(pidfd_open, ENOSYS, EMFILE),
	CALL(kcmp, EPERM, ENOSYS),
	CALL(setsid, EPERM, EPERM),
	CALL(socketpair, EMFILE, ENFILE),
	CALL(pipe2, EMFILE, ENFILE),
	CALL(socket, EAFNOSUPPORT, EMFILE),
	CALL(connect, ENOENT, ECONNREFUSED),
	CALL(sendto, ECONNREFUSED, EAGAIN),
	CALL(clock_nanosleep, EINVAL, EINTR),
	CALL(rt_sigtimedwait, EAGAIN, EINTR),

	CALL(capget, EINVAL, EPERM),
	CALL(capset, EPERM, EINVAL),
	CALL(prctl, EINVAL, EPERM),
	CALL(seccomp, ENOMEM, EINVAL),
};

struct call call_find(long number)
{
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (calls[i].number == number)
			return calls[i];
	return (struct call){number, "a call", {EPERM, ENOMEM}, false};
}

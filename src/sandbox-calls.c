/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sandbox-calls.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <linux/shm.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/fence-record.h"

#include "sandbox.h"

/*
 * Where the System V calls have numbers of their own. Elsewhere they hide in ipc(2), with
 * which the filter would have to be written, and tried, anew.
 */
#if defined(__x86_64__) && defined(__LP64__)
#define NATIVE AUDIT_ARCH_X86_64
#elif defined(__aarch64__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define NATIVE AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define NATIVE AUDIT_ARCH_RISCV64
#endif

bool sandbox_refuses_calls(void)
{
#ifdef NATIVE
	return true;
#else
	return false;
#endif
}

#ifdef NATIVE

/* Calls that older headers do not have, by the numbers that they have everywhere. */
#ifndef SYS_clone3
#define SYS_clone3 435
#endif
#ifndef SYS_openat2
#define SYS_openat2 437
#endif
#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif
#ifndef SYS_setxattrat
#define SYS_setxattrat 463
#define SYS_removexattrat 466
#endif
#ifndef SYS_open_tree_attr
#define SYS_open_tree_attr 467
#endif
#ifndef SYS_file_setattr
#define SYS_file_setattr 469
#endif

/* It stops the process in which it is, by tracing it. */
#ifdef __SANITIZE_ADDRESS__
#define HAS_LEAK_CHECKER
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_LEAK_CHECKER
#endif
#endif

/*
 * No verb has a use for these. Those that CAP_SYS_ADMIN and CAP_SYS_PTRACE open matter most,
 * for rm and gc keep these two; the rest is what an intruder would go on with.
 */
static const unsigned int refused[] = {
	SYS_execve,
	SYS_execveat,
#ifndef HAS_LEAK_CHECKER
	SYS_ptrace,
#endif
	SYS_process_vm_writev,
	SYS_setns,
	SYS_unshare,
	SYS_mount,
	SYS_umount2,
	SYS_pivot_root,
	SYS_chroot,
	SYS_swapon,
	SYS_swapoff,
	SYS_bpf,
	SYS_perf_event_open,
	SYS_fanotify_init,
	SYS_userfaultfd,
	SYS_open_by_handle_at,
	SYS_init_module,
	SYS_finit_module,
	SYS_delete_module,
	SYS_kexec_load,
	SYS_quotactl,
	SYS_sethostname,
	SYS_setdomainname,
	SYS_add_key,
	SYS_request_key,
	SYS_keyctl,
	SYS_semctl, /* semaphores are taken and given back, no more */
	SYS_msgget,
	SYS_msgctl,
#ifdef SYS_open_tree
	SYS_open_tree,
	SYS_move_mount,
	SYS_fsopen,
	SYS_fsconfig,
	SYS_fsmount,
	SYS_fspick,
	SYS_io_uring_setup, /* it makes calls that no filter sees */
#endif
#ifdef SYS_pidfd_getfd
	SYS_pidfd_getfd,
#endif
#ifdef SYS_mount_setattr
	SYS_mount_setattr,
#endif
	SYS_open_tree_attr,
	SYS_mq_open, /* queues are files, too */
	SYS_mq_unlink,
};

/*
 * What changes, makes or removes files without opening them, or only to read, and their names.
 * Sockets with a name are left out: bind(2) is for name services, too.
 */
static const unsigned int file_changes[] = {
	SYS_truncate,	   SYS_mkdirat,	     SYS_mknodat,      SYS_unlinkat,
	SYS_linkat,	   SYS_symlinkat,    SYS_renameat2,    SYS_fchmod,
	SYS_fchmodat,	   SYS_fchmodat2,    SYS_fchown,       SYS_fchownat,
	SYS_utimensat,	   SYS_setxattr,     SYS_lsetxattr,    SYS_fsetxattr,
	SYS_setxattrat,	   SYS_removexattr,  SYS_lremovexattr, SYS_fremovexattr,
	SYS_removexattrat, SYS_file_setattr,
#ifdef SYS_renameat
	SYS_renameat,
#endif
#ifdef SYS_open /* an old architecture has all of these */
	SYS_creat,	   SYS_mkdir,	     SYS_rmdir,	       SYS_mknod,
	SYS_unlink,	   SYS_link,	     SYS_symlink,      SYS_rename,
	SYS_chmod,	   SYS_chown,	     SYS_lchown,       SYS_utime,
	SYS_utimes,	   SYS_futimesat,
#endif
};

/* All that clone(2) knows; that of time is for clone3(2) and unshare(2) alone. */
#define NEW_NAMESPACES                                                                 \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | \
	 CLONE_NEWPID | CLONE_NEWNET)

enum {
	REFUSED = sizeof(refused) / sizeof(refused[0]),
	FILE_CHANGES = sizeof(file_changes) / sizeof(file_changes[0]),
	CODE_ROOM = 2 * (REFUSED + FILE_CHANGES) + 126,
};

/* A program for classic BPF: each piece of it returns, or falls through to the next. */
struct program {
	struct sock_filter code[CODE_ROOM];
	unsigned short length;
};

static void put(struct program *program, unsigned int code, uint32_t operand,
		unsigned int if_true, unsigned int if_false)
{
	program->code[program->length++] = (struct sock_filter){
		(uint16_t)code, (uint8_t)if_true, (uint8_t)if_false, operand};
}

static void put_load(struct program *program, size_t offset)
{
	put(program, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

static void put_return(struct program *program, uint32_t verdict)
{
	put(program, BPF_RET | BPF_K, verdict, 0, 0);
}

static void put_refuse(struct program *program)
{
	put_return(program, SECCOMP_RET_ERRNO | EPERM);
}

/* Calls by other ways into the kernel, where the same numbers mean other calls. */
static void put_refuse_foreign(struct program *program)
{
	put_load(program, offsetof(struct seccomp_data, arch));
	put(program, BPF_JMP | BPF_JEQ | BPF_K, NATIVE, 1, 0);
	put_refuse(program);
	put_load(program, offsetof(struct seccomp_data, nr));
#ifdef __x86_64__
	/* x32, which has the same architecture. */
	put(program, BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1);
	put_refuse(program);
#endif
}

static void put_refuse_calls(struct program *program, const unsigned int numbers[],
			     size_t count)
{
	for (size_t i = 0; i < count; i++) {
		put(program, BPF_JMP | BPF_JEQ | BPF_K, numbers[i], 0, 1);
		put_refuse(program);
	}
}

/* A call whose flags are in memory, out of sight: the C library does without it. */
static void put_deny_existence(struct program *program, unsigned int number)
{
	put(program, BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1);
	put_return(program, SECCOMP_RET_ERRNO | ENOSYS);
}

/* Of a call, let nothing pass but these values of one argument, which is an int. */
static void put_allow_only(struct program *program, unsigned int number,
			   unsigned int argument, const unsigned int values[],
			   unsigned int count)
{
	put(program, BPF_JMP | BPF_JEQ | BPF_K, number, 0, 2 * count + 2);
	/* Its low half, all that the kernel looks at. */
	put_load(program,
		 offsetof(struct seccomp_data, args) + argument * sizeof(uint64_t));
	for (unsigned int i = 0; i < count; i++) {
		put(program, BPF_JMP | BPF_JEQ | BPF_K, values[i], 0, 1);
		put_return(program, SECCOMP_RET_ALLOW);
	}
	put_refuse(program);
}

/* The same where these flags are refused. */
static void put_refuse_flag(struct program *program, unsigned int number,
			    unsigned int argument, unsigned int flags)
{
	put(program, BPF_JMP | BPF_JEQ | BPF_K, number, 0, 4);
	put_load(program,
		 offsetof(struct seccomp_data, args) + argument * sizeof(uint64_t));
	put(program, BPF_JMP | BPF_JSET | BPF_K, flags, 0, 1);
	put_refuse(program);
	put_return(program, SECCOMP_RET_ALLOW);
}

/* Of shmget(2), let pass the one that makes the record of a fence. */
static void put_allow_record(struct program *program)
{
	const size_t argument = offsetof(struct seccomp_data, args);
	const struct {
		size_t offset;
		uint32_t value;
	} checks[] = {
		{argument, IPC_PRIVATE},
		{argument + 8, sizeof(struct fence_record)},
		{argument + 12, 0}, /* the high half of the size */
		{argument + 16, IPC_CREAT | IPC_EXCL | FENCE_RECORD_MODE},
	};
	const unsigned int count = sizeof(checks) / sizeof(checks[0]);

	put(program, BPF_JMP | BPF_JEQ | BPF_K, SYS_shmget, 0, 2 * count + 2);
	for (unsigned int i = 0; i < count; i++) {
		put_load(program, checks[i].offset);
		put(program, BPF_JMP | BPF_JEQ | BPF_K, checks[i].value, 0,
		    2 * (count - i) - 1);
	}
	put_return(program, SECCOMP_RET_ALLOW);
	put_load(program, offsetof(struct seccomp_data, nr));
}

static void put_segments(struct program *program, unsigned int may)
{
	unsigned int commands[16] = {IPC_STAT, IPC_INFO, SHM_STAT, SHM_INFO,
				     SHM_STAT_ANY};
	unsigned int count = 5, ways[2], way_count = 0;

	if (may & MAY_CHANGE)
		commands[count++] = IPC_SET;
	if (may & MAY_LOCK) {
		commands[count++] = SHM_LOCK;
		commands[count++] = SHM_UNLOCK;
	}
	if (may & MAY_REMOVE)
		commands[count++] = IPC_RMID;
	put_allow_only(program, SYS_shmctl, 1, commands, count);

	if (may & MAY_ATTACH)
		ways[way_count++] = SHM_RDONLY;
	if (may & (MAY_WRITE | MAY_RECORD))
		ways[way_count++] = 0;
	put_allow_only(program, SYS_shmat, 2, ways, way_count);

	if (may & MAY_RECORD)
		put_allow_record(program);
	if (!(may & MAY_CREATE))
		put_refuse_flag(program, SYS_shmget, 2, IPC_CREAT);
}

/*
 * attach-write opens the file behind its segment, to read and write; other files are closed
 * to it by landlock(7) alone.
 */
static void put_open(struct program *program, unsigned int may)
{
	unsigned int flags = O_WRONLY | O_CREAT | O_TRUNC | (O_TMPFILE & ~O_DIRECTORY);

	if (may & MAY_WRITE_FILES)
		return;
	if (!(may & MAY_WRITE))
		flags |= O_RDWR;
	put_refuse_flag(program, SYS_openat, 2, flags);
#ifdef SYS_open
	put_refuse_flag(program, SYS_open, 1, flags);
#endif
	put_deny_existence(program, SYS_openat2);
}

int sandbox_forbid_calls(unsigned int may)
{
	struct program program = {.length = 0};
	struct sock_fprog filter = {.filter = program.code};

	put_refuse_foreign(&program);
	/* First what is called for each segment: of the others, whose arguments do not
	   matter, the kernel remembers the answer (Linux 5.11). */
	put_segments(&program, may);
	put_open(&program, may);
	put_refuse_flag(&program, SYS_clone, 0, NEW_NAMESPACES);
	put_deny_existence(&program, SYS_clone3);
	put_refuse_calls(&program, refused, REFUSED);
	if (!(may & MAY_WRITE_FILES))
		put_refuse_calls(&program, file_changes, FILE_CHANGES);
	put_refuse_flag(&program, SYS_semget, 2, IPC_CREAT);
	put_return(&program, SECCOMP_RET_ALLOW);
	filter.len = program.length;
	/* Else older kernels would slow the processor down for the sake of such a filter. */
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
			    SECCOMP_FILTER_FLAG_SPEC_ALLOW, &filter);
}

#else

int sandbox_forbid_calls(unsigned int may)
{
	(void)may;
	return 0;
}

#endif

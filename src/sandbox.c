/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sandbox.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <linux/shm.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

const struct may_row *sandbox_rows(void)
{
	static const struct may_row rows[] = {
		{MAY_ATTACH, "attach"},
		{MAY_WRITE, "attach to write"},
		{MAY_CREATE, "create"},
		{MAY_CHANGE, "change"},
		{MAY_LOCK, "lock"},
		{MAY_REMOVE, "remove"},
		{MAY_SEE_PROCESSES, "see processes"},
		{MAY_WRITE_FILES, "write files"},
		{0},
	};

	return rows;
}

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

/* What the kernel does not have, or another sandbox around this one has forbidden. */
static int unless_missing(int result)
{
	if (result >= 0 || errno == ENOSYS || errno == EINVAL || errno == EOPNOTSUPP ||
	    errno == EPERM || errno == EACCES)
		return 0;
	return -1;
}

#ifdef NATIVE

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
};

enum { REFUSED = sizeof(refused) / sizeof(refused[0]), CODE_ROOM = 2 * REFUSED + 80 };

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

static void put_refuse_call(struct program *program, unsigned int number)
{
	put(program, BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1);
	put_refuse(program);
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

/* The same where what is refused is a flag. */
static void put_refuse_flag(struct program *program, unsigned int number,
			    unsigned int argument, unsigned int flag)
{
	put(program, BPF_JMP | BPF_JEQ | BPF_K, number, 0, 4);
	put_load(program,
		 offsetof(struct seccomp_data, args) + argument * sizeof(uint64_t));
	put(program, BPF_JMP | BPF_JSET | BPF_K, flag, 0, 1);
	put_refuse(program);
	put_return(program, SECCOMP_RET_ALLOW);
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
	if (may & MAY_WRITE)
		ways[way_count++] = 0;
	put_allow_only(program, SYS_shmat, 2, ways, way_count);

	if (!(may & MAY_CREATE))
		put_refuse_flag(program, SYS_shmget, 2, IPC_CREAT);
}

static int forbid_calls(unsigned int may)
{
	struct program program = {.length = 0};
	struct sock_fprog filter = {.filter = program.code};

	put_refuse_foreign(&program);
	/* First what is called for each segment: of the others, whose arguments do not
	   matter, the kernel remembers the answer (Linux 5.11). */
	put_segments(&program, may);
	for (size_t i = 0; i < REFUSED; i++)
		put_refuse_call(&program, refused[i]);
	put_refuse_flag(&program, SYS_semget, 2, IPC_CREAT);
	put_return(&program, SECCOMP_RET_ALLOW);
	filter.len = program.length;
	/* Else older kernels would slow the processor down for the sake of such a filter. */
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
			    SECCOMP_FILTER_FLAG_SPEC_ALLOW, &filter);
}

#else

static int forbid_calls(unsigned int may)
{
	(void)may;
	return 0;
}

#endif

#ifdef SYS_landlock_create_ruleset
#include <linux/landlock.h>

/* Of Linux 6.2, which older headers do not have. */
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif

static int forbid_files(void)
{
	struct landlock_ruleset_attr attributes = {
		.handled_access_fs =
			LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE |
			LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |
			LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR |
			LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK |
			LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK |
			LANDLOCK_ACCESS_FS_MAKE_SYM,
	};
	const long version = syscall(SYS_landlock_create_ruleset, NULL, (size_t)0,
				     LANDLOCK_CREATE_RULESET_VERSION);
	int rules, result, error;

	if (version < 0)
		return -1;
	if (version >= 3)
		attributes.handled_access_fs |= LANDLOCK_ACCESS_FS_TRUNCATE;
	rules = (int)syscall(SYS_landlock_create_ruleset, &attributes, sizeof(attributes),
			     0);
	if (rules < 0)
		return -1;
	result = (int)syscall(SYS_landlock_restrict_self, rules, 0);
	error = errno;
	close(rules);
	errno = error;
	return result;
}

#else

static int forbid_files(void)
{
	return 0;
}

#endif

int sandbox_enter(unsigned int may)
{
	if (!(may & (MAY_SEE_PROCESSES | MAY_WRITE_FILES)) &&
	    unless_missing(forbid_files()))
		return -1;
	return unless_missing(forbid_calls(may));
}

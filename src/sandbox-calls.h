/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of the sandbox that refuses system calls: see sandbox.h. */
#ifndef SHMTOOL_SANDBOX_CALLS_H
#define SHMTOOL_SANDBOX_CALLS_H

/*
 * Have the kernel refuse what is not among these (enum may), from now on; nothing where
 * sandbox_refuses_calls() is false. Returns 0, or -1 and the errno of seccomp(2).
 */
int sandbox_forbid_calls(unsigned int may);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The arithmetic of ftok(3), as glibc and musl do it. Pure. */
#ifndef SHMTOOL_FTOK_H
#define SHMTOOL_FTOK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* What so many programs give ftok(3), and Perl by default. */
enum { FTOK_PROJ_DEFAULT = 1 };

/*
 * The key of a file with this inode and device number, of which it has the low 16 and
 * the low 8 bits. The result can be 0 for proj 0 only.
 */
uint32_t ftok_key(ino_t inode, dev_t device, uint8_t proj);

/* The one proj with which a file can make this key; ftok(3) leaves 0 undefined. */
uint8_t ftok_proj(uint32_t key);

/* The low 16 bits of the inode number of every file that can make this key. */
uint16_t ftok_inode(uint32_t key);

/* Whether the file makes this key, with ftok_proj(key). */
bool ftok_makes(uint32_t key, ino_t inode, dev_t device);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ftok.h"

/* Unsigned throughout: in a key_t, which is an int, a proj above 127 would overflow. */
uint32_t ftok_key(ino_t inode, dev_t device, uint8_t proj)
{
	return (uint32_t)proj << 24 | (uint32_t)(device & 0xff) << 16 |
	       (uint32_t)(inode & 0xffff);
}

uint8_t ftok_proj(uint32_t key)
{
	return (uint8_t)(key >> 24);
}

uint16_t ftok_inode(uint32_t key)
{
	return (uint16_t)(key & 0xffff);
}

bool ftok_makes(uint32_t key, ino_t inode, dev_t device)
{
	return ftok_key(inode, device, ftok_proj(key)) == key;
}

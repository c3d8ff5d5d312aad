/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What must be true of a segment, as who uses it sees it. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "soak.h"

/* Whether its mode lets this user attach it, to read and write. */
bool look_allows(const struct soak *soak, const struct slot *slot, int user)
{
	const unsigned int mode = slot->mode & slot->next_mode;

	if (user_id(soak, slot->user) == user_id(soak, user))
		return (mode & 0600) == 0600;
	return (mode & 0006) == 0006;
}

static bool may_look(const struct soak *soak, const struct slot *slot, int user)
{
	const unsigned int mode = slot->mode & slot->next_mode;

	return user_id(soak, slot->user) == user_id(soak, user) || (mode & 0004);
}

static bool has_right_mode(const struct slot *slot, unsigned int before,
			   unsigned int mode)
{
	return mode == before || mode == slot->mode || mode == slot->next_mode;
}

/*
 * As who has it attached. A fence may be around it for a moment, if he has attached it
 * between the last look and the fence; but then it is opened again.
 */
static void look_at_mode(struct soak *soak, const struct slot *slot, int user)
{
	const int64_t end = now() + soak->patience * SECOND;
	unsigned int before, mode = 0;
	struct shmid_ds ds;
	int error;

	do {
		before = slot->next_mode;
		error = shmctl(slot->id, IPC_STAT, &ds) ? errno : 0;
		if (!error) {
			mode = ds.shm_perm.mode & 0777;
			if (has_right_mode(slot, before, mode))
				return;
		} else if (!may_look(soak, slot, user)) {
			return;
		}
		usleep(1000);
	} while (now() < end);
	fault(soak, MODES, "%s has mode %03o while user %d has it attached: %s",
	      slot_name(slot), mode, user, strerror(error));
}

void look_at_bytes(struct soak *soak, const struct slot *slot, const unsigned char *bytes,
		   size_t length)
{
	const unsigned char *word = (const unsigned char *)&slot->word;

	for (size_t i = 0; i < length; i++)
		if (bytes[i] && bytes[i] != word[i % sizeof(slot->word)]) {
			fault(soak, CONTENT, "%s: byte %zu is 0x%02x, not 0x%02x or 0",
			      slot_name(slot), i, bytes[i], word[i % sizeof(slot->word)]);
			break;
		}
	check(soak, CONTENT);
}

static void look_at_content(struct soak *soak, const struct slot *slot, const char *at)
{
	const unsigned int pages = slot->pages;
	uint64_t word;

	for (unsigned int page = 0; page < PAGES; page++) {
		memcpy(&word, at + page * PAGE, sizeof(word));
		if (word != slot->word && (word || pages & 1U << page))
			fault(soak, CONTENT, "%s: page %u has lost its content",
			      slot_name(slot), page);
	}
	check(soak, CONTENT);
}

/* As who has it attached for certain: it is there, with its key and what is in it. */
void look_at_held(struct soak *soak, int index, const char *at, int user)
{
	const struct slot *slot = &soak->slot[index];
	struct shmid_ds ds;

	check(soak, ATTACHED);
	look_at_content(soak, slot, at);
	if (shmctl(slot->id, IPC_STAT, &ds)) {
		if (errno != EACCES)
			fault(soak, ATTACHED, "%s is attached, and gone: %s",
			      slot_name(slot), strerror(errno));
		else
			look_at_mode(soak, slot, user);
		return;
	}
	if (ds.shm_segsz != slot_size(soak, slot))
		fault(soak, ATTACHED, "%s is attached, and another", slot_name(slot));
	else if (ds.shm_perm.mode & SHM_DEST && !slot->rmid)
		fault(soak, ATTACHED, "%s is attached, and marked", slot_name(slot));
	else if (ds.shm_perm.__key != slot->key && !slot->rmid)
		fault(soak, ATTACHED, "%s is attached, and has key 0x%x", slot_name(slot),
		      (unsigned int)ds.shm_perm.__key);
	check(soak, MODES);
	look_at_mode(soak, slot, user);
}

/* As who has made it, and lives: nothing but gc may remove it, and gc must not. */
void look_at_own(struct soak *soak, int index, pid_t creator)
{
	const struct slot *slot = &soak->slot[index];
	struct shmid_ds ds;

	if (slot->pool != POOL_GC)
		return;
	check(soak, ALIVE);
	if (shmctl(slot->id, IPC_STAT, &ds))
		fault(soak, ALIVE, "%s is %s, though its creator lives", slot_name(slot),
		      errno == EACCES ? "closed" : "gone");
	else if (ds.shm_cpid != creator)
		fault(soak, ALIVE, "%s was made by %d, not %d", slot_name(slot),
		      ds.shm_cpid, creator);
}

/*
 * As who is its last user, unless somebody else has begun to attach it since. The same
 * holds then. Returns false if somebody else has.
 */
bool look_is_last(struct soak *soak, int index, unsigned int begun)
{
	const struct slot *slot = &soak->slot[index];
	struct shmid_ds ds;
	int error = shmctl(slot->id, IPC_STAT, &ds) ? errno : 0;

	if (slot->begun != begun)
		return false;
	check(soak, ALIVE);
	if (!error && ds.shm_lpid == getpid() && ds.shm_nattch == 0)
		return true;
	fault(soak, ALIVE, "%s is %s, though its last user lives", slot_name(slot),
	      error ? strerror(error) : "attached or has another last user");
	return false;
}

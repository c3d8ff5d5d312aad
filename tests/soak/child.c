/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The children that a worker has: they share what it has attached. */
#include <err.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "soak.h"

/* It has what its parent had attached then, and looks at it until it ends. */
static void child_main(struct hand *hand, const int *held, pid_t parent)
{
	const unsigned int looks = pick(&hand->random, 10);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(0);
	for (unsigned int i = 0; i < looks; i++) {
		for (int e = 0; e < HELD; e++)
			if (held[e] != NOBODY)
				look_at_held(hand->soak, held[e], hand->at[e],
					     hand->user);
		usleep(500 + pick(&hand->random, 3000));
	}
	_exit(0);
}

void work_fork(struct hand *hand)
{
	struct soak *soak = hand->soak;
	const pid_t parent = getpid();
	int entry = 0;
	pid_t pid;

	while (entry < CHILDREN && hand->child[entry].pid)
		entry++;
	if (entry == CHILDREN)
		return;
	for (int i = 0; i < HELD; i++) {
		const int index = hand->self->held[i];

		hand->child[entry].held[i] = index;
		if (index != NOBODY)
			atomic_fetch_add(&soak->slot[index].begun, 1);
	}
	pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (pid == 0)
		child_main(hand, hand->child[entry].held, parent);
	hand->child[entry].pid = pid;
	tally(soak, T_CHILDREN);
}

void work_end_children(struct hand *hand, bool at_once)
{
	int status;

	for (int i = 0; i < CHILDREN; i++) {
		const pid_t pid = hand->child[i].pid;

		if (!pid)
			continue;
		if (at_once)
			kill(pid, SIGKILL);
		if (waitpid(pid, &status, at_once ? 0 : WNOHANG) != pid)
			continue;
		hand->child[i].pid = 0;
		for (int e = 0; e < HELD; e++)
			if (hand->child[i].held[e] != NOBODY)
				atomic_fetch_add(
					&hand->soak->slot[hand->child[i].held[e]].ended,
					1);
	}
}

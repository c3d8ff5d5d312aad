/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An application: the life of one. */
#include <err.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "soak.h"

static void prepare(struct hand *hand)
{
	for (int i = 0; i < MADE; i++)
		hand->made[i] = NOBODY;
	for (int i = 0; i < LAST; i++)
		hand->last[i].index = NOBODY;
	user_become(hand->soak, hand->user);
}

/* At the end of a round nothing moves. It lives on, and looks at what is its own. */
static void be_quiet(struct hand *hand)
{
	work_end_children(hand, true);
	atomic_store(&hand->self->quiet, true);
	while (hand->soak->phase == PHASE_QUIET) {
		work_look(hand);
		usleep(10000);
	}
	atomic_store(&hand->self->quiet, false);
}

/* Many end without shmdt(2), and nobody removes what is left. */
static void live(struct hand *hand)
{
	struct soak *soak = hand->soak;
	unsigned int left = 50 + pick(&hand->random, 300);

	while (left-- && soak->phase != PHASE_OVER) {
		if (soak->phase == PHASE_RUN)
			work(hand);
		else if (hand->self->stays)
			be_quiet(hand);
		else
			break;
	}
	if (chance(&hand->random, 30))
		work_detach_all(hand);
	work_end_children(hand, chance(&hand->random, 50));
	work_look(hand);
	atomic_store(&hand->self->ending, stamp());
	_exit(0);
}

void worker_start(struct soak *soak, int index, struct random *random)
{
	struct worker *worker = &soak->worker[index];
	struct hand hand = {.soak = soak, .self = worker, .random.state = draw(random)};
	pid_t pid;

	worker->user = (int)pick(random, USERS);
	worker->ending = worker->killed = 0;
	worker->stays = worker->quiet = false;
	for (int i = 0; i < HELD; i++)
		worker->held[i] = NOBODY;
	pid = fork();
	if (pid < 0)
		err(2, "fork");
	if (pid == 0) {
		hand.user = worker->user;
		prepare(&hand);
		live(&hand);
	}
	worker->pid = pid;
	worker->number++;
	tally(soak, T_WORKERS);
}

void worker_kill(struct soak *soak, int index)
{
	struct worker *worker = &soak->worker[index];

	if (worker->killed)
		return;
	worker->killed = stamp();
	kill(worker->pid, SIGKILL);
	tally(soak, T_WORKER_KILLS);
}

/* What it had attached it has let go by its end, and when it was alive is known now. */
void worker_ended(struct soak *soak, int index, int status)
{
	struct worker *worker = &soak->worker[index];
	const bool killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
	const int64_t alive = killed ? worker->killed : worker->ending;

	if (status && !(killed && worker->killed))
		fault(soak, PROCESSES, "a worker ended with status 0x%x", status);
	for (int i = 0; i < HELD; i++)
		if (worker->held[i] != NOBODY)
			raise_to(&soak->slot[worker->held[i]].touched, alive);
	for (struct slot *slot = soak->slot; slot < soak->slot + SLOTS; slot++)
		if (slot->creator == index && slot->alive == FOREVER)
			slot->alive = alive;
	worker->pid = 0;
}

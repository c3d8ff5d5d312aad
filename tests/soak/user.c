/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who an application or a run of the tool is. */
#include <err.h>
#include <grp.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "soak.h"

static bool become(uid_t id)
{
	return setgroups(0, NULL) == 0 && setresgid(id, id, id) == 0 &&
	       setresuid(id, id, id) == 0;
}

/* Only tried: the root of a user namespace may have the numbers of others, or not. */
static bool can_become_others(void)
{
	int status;
	pid_t pid = fork();

	if (pid < 0)
		err(2, "fork");
	if (pid == 0)
		_exit(become(FIRST_USER) ? 0 : 1);
	waitpid(pid, &status, 0);
	return status == 0;
}

/* A directory for all, and one for each. Returns whether there are several users. */
bool users_prepare(struct soak *soak)
{
	const char *temporary = getenv("TMPDIR");

	snprintf(soak->directory, sizeof(soak->directory), "%.30s/shmtool-soak.XXXXXX",
		 temporary && *temporary ? temporary : "/tmp");
	if (!mkdtemp(soak->directory) || chmod(soak->directory, 0755))
		err(2, "%s", soak->directory);
	soak->several_users = can_become_others();
	for (int i = 0; i < USERS; i++) {
		struct user *user = &soak->user[i];

		user->id = soak->several_users ? FIRST_USER + (uid_t)i : geteuid();
		snprintf(user->directory, sizeof(user->directory), "%.50s/%d",
			 soak->directory, i);
		if (mkdir(user->directory, 0700) ||
		    chown(user->directory, user->id, user->id))
			err(2, "%s", user->directory);
	}
	return soak->several_users;
}

uid_t user_id(const struct soak *soak, int user)
{
	return user == ROOT ? 0 : soak->user[user].id;
}

/* Root of a user namespace stays root, but without power, also after an exec. */
static void drop_power(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0}};

	for (unsigned long i = 0; i < 64; i++)
		prctl(PR_CAPBSET_DROP, i, 0, 0, 0);
	if (syscall(SYS_capset, &header, none))
		err(2, "capset");
}

/* In a child, which from then on does not outlive its parent. */
void user_become(const struct soak *soak, int user)
{
	const char *directory = soak->directory;

	if (user != ROOT) {
		directory = soak->user[user].directory;
		if (!soak->several_users)
			drop_power();
		else if (!become(soak->user[user].id))
			err(2, "setresuid");
	}
	if (chdir(directory))
		err(2, "%s", directory);
	/* Changing the user takes this back, so it comes last. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

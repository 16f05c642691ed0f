/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "linux/init.h"

#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/layer.h"
#include "linux/seccomp.h"
#include "linux/sync.h"
#include "linux/trim.h"

void init_forwarded_signals(sigset_t *set)
{
	static const int all[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGWINCH, SIGQUIT,
				  SIGCONT};

	sigemptyset(set);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		sigaddset(set, all[i]);
}

void init_signals(sigset_t *set)
{
	init_forwarded_signals(set);
	sigaddset(set, SIGCHLD);
	sigaddset(set, INIT_HOLD);
	sigaddset(set, INIT_RELEASE);
}

/* How often all are told to stop. */
#define ROUNDS 32

/*
 * kill(2) to -1 stops or continues all at once: the kernel makes no process meanwhile, and one that
 * is being made gets the signal too. Who is stopped cannot start another, and nobody else is there to.
 *
 * But two kill(2) to -1 go on at the same time on two processors: who is in the middle of one that
 * continues all lets some go on that were just stopped, before it is stopped itself. One such is
 * stopped by the second round or the third; several have to continue each other in each of them.
 *
 * Only what comes from outside the namespace has no sender, by a kind of signal that no process can
 * make up; no signal of the plugin's reaches a keeper.
 */
static bool hold(const siginfo_t *info, const struct scope *keeper)
{
	if (info->si_signo != INIT_HOLD && info->si_signo != INIT_RELEASE)
		return false;
	if (info->si_code != SI_USER || !(keeper ? keeper->closed : info->si_pid == 0))
		return true;
	if (info->si_signo == INIT_RELEASE)
		(void)kill(-1, SIGCONT);
	for (int i = 0; info->si_signo == INIT_HOLD && i < ROUNDS; i++)
		(void)kill(-1, SIGSTOP);
	return true;
}

/* Reaps whatever has ended. Returns true once the plugin is among it. */
static bool reap(pid_t plugin, int *status)
{
	for (;;) {
		int st;
		pid_t pid = wait4(-1, &st, WNOHANG, NULL);

		if (pid == plugin) {
			*status = st;
			return true;
		}
		if (pid <= 0 && errno != EINTR)
			return false;
		if (pid == 0)
			return false;
	}
}

_Noreturn void init_run(pid_t plugin, int sock, const struct scope *keeper)
{
	struct sync_msg m;
	struct pb_err e;
	/* a plugin that is still there then stays: a short run does not pay for the memory */
	const struct timespec settle = {.tv_nsec = 100 * 1000 * 1000};
	bool settled = false;
	sigset_t set;
	int status = 0;

	init_signals(&set);
	if (keeper)
		sigaddset(&set, INIT_END);
	memset(&m, 0, sizeof(m));
	if (LAYER_ON(INIT_FILTER) && seccomp_load_init(&e) < 0) {
		m.type = SYNC_ERROR;
		m.err = e;
		(void)sync_send(sock, &m, -1);
		_exit(PB_EXIT_SETUP);
	}
	for (;;) {
		siginfo_t info;
		int sig = settled ? sigwaitinfo(&set, &info) : sigtimedwait(&set, &info, &settle);

		if (sig < 0 && errno == EAGAIN && !settled) {
			trim_program();
			settled = true;
			continue;
		}
		if (sig == SIGCHLD || sig < 0) {
			if (reap(plugin, &status))
				break;
			continue;
		}
		if (sig == INIT_END)
			break;
		if (!hold(&info, keeper))
			(void)kill(plugin, sig);
	}
	if (keeper)
		scope_end(keeper);
	m.type = SYNC_EXIT;
	m.status = status;
	(void)sync_send(sock, &m, -1);
	_exit(0);
}

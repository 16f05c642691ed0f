/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * As process 1 itself, lives on when the launcher is killed: a thread that executes a program anew
 * takes the place of the one that was to get the signal.
 *
 * class: isolation
 * options: --as-pid-1
 * during: kill-launcher
 * verdict: survivor
 * control: no: without a sandbox the attack is what is killed
 * layers: GUARDIAN
 */
#include "attack.h"

#include <pthread.h>

static char **again;

static void *execute(void *unused)
{
	execv(again[0], again);
	say("ATTACK inside-failure: %s\n", strerror(errno));
	return unused;
}

static _Noreturn void stay(void)
{
	for (int s = 1; s < 65; s++)
		signal(s, SIG_IGN);
	say("ATTACK ready\n");
	for (int i = 0; i < 100; i++)
		sleep(1);
	success();
}

int main(int argc, char **argv)
{
	pthread_t thread;

	start(argv);
	if (*arg_or("again", ""))
		stay();
	again = calloc((size_t)argc + 2, sizeof(*again));
	if (!again)
		failure(ENOMEM);
	memcpy(again, argv, (size_t)argc * sizeof(*again));
	again[argc] = (char *)"again=yes";
	if (pthread_create(&thread, NULL, execute, NULL) != 0)
		failure(errno);
	pthread_join(thread, NULL);
	return 0;
}

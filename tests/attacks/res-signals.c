/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Queues signals without end.
 *
 * class: resource
 * verdict: inside
 * control: maybe: the caller may have a low limit
 * layers: RLIMITS
 */
#include "attack.h"

int main(int argc, char **argv)
{
	union sigval v = {0};
	sigset_t set;
	int n = 0;

	(void)argc;
	start(argv);
	sigfillset(&set);
	sigprocmask(SIG_BLOCK, &set, NULL);
	while (n < 4000 && sigqueue(getpid(), SIGRTMIN, v) == 0)
		n++;
	if (n == 4000)
		success();
	failure(errno);
}

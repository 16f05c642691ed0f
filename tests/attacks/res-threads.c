/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Starts threads without end.
 *
 * class: resource
 * verdict: inside
 * control: no: a bomb needs a limit
 * layers: RLIMITS
 */
#include "attack.h"

static int sleeper(void *unused)
{
	(void)unused;
	for (;;)
		syscall(SYS_pause);
	return 0;
}

int main(int argc, char **argv)
{
	static char stacks[400][4096];
	int n = 0;

	(void)argc;
	start(argv);
	only_in_own("pid");
	while (n < 400 && clone(sleeper, stacks[n] + 4096 - 64,
				CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
					CLONE_SYSVSEM,
				NULL) >= 0)
		n++;
	say("count %d\n", n);
	say("ATTACK inside-%s\n", n >= 300 ? "success" : "failure: limit");
	_exit(0);
}

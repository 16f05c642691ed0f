/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Makes a user namespace where the flags lie in memory.
 *
 * class: surface
 * allow: subprocess
 * verdict: inside
 * layers: SECCOMP UCOUNTS
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	uint64_t args[8] = {CLONE_NEWUSER, 0, 0, 0, SIGCHLD};
	long pid = syscall(435, args, sizeof(args));

	if (pid == 0)
		_exit(0);
	outcome(pid);
}

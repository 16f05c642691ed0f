/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Makes a user namespace with clone.
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
	long pid = syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);

	if (pid == 0)
		_exit(0);
	outcome(pid);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Traces another process of its own.
 *
 * class: surface
 * allow: subprocess
 * verdict: inside
 * layers: SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	pid_t pid = fork_or_fail();
	long rc;

	(void)argc;
	start(argv);
	if (pid == 0) {
		pause();
		_exit(0);
	}
	rc = ptrace(PTRACE_SEIZE, pid, NULL, NULL);
	kill(pid, SIGKILL);
	outcome(rc);
}

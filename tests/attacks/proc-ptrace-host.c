/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Traces a process of the host's and changes its memory.
 *
 * class: isolation
 * needs: victim
 * verdict: victim-memory
 * layers: NS_PID SECCOMP LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	pid_t pid = (pid_t)number("victim");
	void *at = (void *)number("address");

	if (ptrace(PTRACE_ATTACH, pid, NULL, NULL) < 0)
		failure(errno);
	(void)waitpid(pid, NULL, __WALL);
	(void)ptrace(PTRACE_POKEDATA, pid, at, (void *)0x4747474747474747);
	outcome(ptrace(PTRACE_DETACH, pid, NULL, NULL));
}

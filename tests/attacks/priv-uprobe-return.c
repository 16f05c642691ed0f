/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Calls the return of a probe, with no probe there.
 *
 * class: surface
 * allow: subprocess
 * verdict: inside
 * control: maybe: the call is new in Linux 6.11, and of x86
 * accepted: since Linux 6.14 no filter is asked for this call, which ends whoever is no probe
 * layers: none
 */
#include "attack.h"

int main(int argc, char **argv)
{
	int status;
	pid_t pid;

	(void)argc;
	start(argv);
	/* where the kernel has it, it ends a caller that is no probe */
	pid = fork_or_fail();
	if (pid == 0)
		_exit(syscall(335) < 0 && errno != ENOSYS && errno != EPERM && errno != EACCES ? 7 : 0);
	if (waitpid(pid, &status, 0) == pid && (WIFSIGNALED(status) || WEXITSTATUS(status) == 7))
		success();
	failure(ENOSYS);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Runs a program with file capabilities.
 *
 * class: isolation
 * needs: filecap
 * allow: subprocess
 * verdict: output HELPER CAPS
 * control: root
 * layers: NNP MOUNT_FLAGS
 */
#include "attack.h"

int main(int argc, char **argv)
{
	char *const args[] = {"filecap", NULL}, *const env[] = {NULL};

	(void)argc;
	start(argv);
	/* from user 0 there is nothing to gain */
	if (getuid() == 0 && setresuid(65534, 65534, 65534) < 0)
		failure(errno);
	if (fork_or_fail() == 0) {
		execve("filecap", args, env);
		_exit(1);
	}
	wait(NULL);
	success();
}

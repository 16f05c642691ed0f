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
	if (fork_or_fail() == 0) {
		execve("filecap", args, env);
		_exit(1);
	}
	wait(NULL);
	success();
}

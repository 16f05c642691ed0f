/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Runs a set-user-ID program of root.
 *
 * class: isolation
 * needs: setuid
 * allow: subprocess
 * verdict: output HELPER UID 0
 * control: root
 * layers: NNP MOUNT_FLAGS
 */
#include "attack.h"

int main(int argc, char **argv)
{
	char *const args[] = {"setuid", NULL}, *const env[] = {NULL};

	(void)argc;
	start(argv);
	/* from user 0 there is nothing to gain */
	if (getuid() == 0 && setresuid(65534, 65534, 65534) < 0)
		failure(errno);
	if (fork_or_fail() == 0) {
		execve("setuid", args, env);
		_exit(1);
	}
	wait(NULL);
	success();
}

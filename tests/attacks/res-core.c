/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Leaves a core file where it may write.
 *
 * class: resource
 * needs: core
 * allow: file_system_write
 * verdict: grant-core
 * control: maybe: the host may keep cores elsewhere
 * layers: RLIMITS
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	if (chdir(arg("grant")) < 0)
		failure(errno);
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	signal(SIGABRT, SIG_DFL);
	abort();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads a host file through the root and working directory of process 1.
 *
 * class: isolation
 * verdict: secret
 * control: maybe: process 1 of the machine may be closed to all
 * layers: PIVOT LANDLOCK INIT_DUMPABLE NS_PID
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	if (show_below("/proc/1/root", "secret") || show_below("/proc/1/cwd", "secret"))
		success();
	failure(errno);
}

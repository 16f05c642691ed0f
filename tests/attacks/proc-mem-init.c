/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Opens the memory of process 1, which was the launcher.
 *
 * class: isolation
 * verdict: inside
 * control: no: process 1 is the machine's
 * layers: INIT_DUMPABLE SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	if (getpid() > 1000)
		broken("not tried in the host's own namespace");
	outcome(open("/proc/1/mem", O_RDONLY));
}

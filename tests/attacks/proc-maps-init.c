/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads the address space layout of process 1.
 *
 * class: information
 * verdict: inside
 * control: no: process 1 is the machine's
 * layers: INIT_DUMPABLE
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	if (getpid() > 1000)
		broken("not tried in the host's own namespace");
	outcome(show("/proc/1/maps") ? 0 : -1);
}

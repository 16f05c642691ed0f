/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Takes the disk away from a process of the host's.
 *
 * class: isolation
 * needs: victim
 * verdict: victim-io-priority
 * layers: NS_PID
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	outcome(syscall(SYS_ioprio_set, 1, number("victim"), 3 << 13));
}

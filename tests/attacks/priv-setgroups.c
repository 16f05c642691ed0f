/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Drops a group that may be there to forbid something.
 *
 * class: surface
 * verdict: inside
 * control: root
 * layers: SECCOMP CAPS
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	outcome(syscall(SYS_setgroups, 0, NULL));
}

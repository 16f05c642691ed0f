/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reboots, with the wrong magic.
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
	(void)0;
	reached(syscall(SYS_reboot, 0, 0, 0, NULL));
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Moves a mount by the new call.
 *
 * class: surface
 * verdict: inside
 * control: userns
 * layers: SECCOMP CAPS LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	only_in_own("mnt");
	reached(syscall(429, -1, "", -1, "", 4));
}

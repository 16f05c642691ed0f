/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Moves the mount of its root.
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
	reached(mount("/proc", "/tmp", NULL, MS_MOVE, NULL));
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Mounts a proc of its own, without the options of the first.
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
	outcome(mount("none", "/proc", "proc", 0, NULL));
}

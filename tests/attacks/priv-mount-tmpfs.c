/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Mounts a tmpfs.
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
	outcome(mount("none", "/tmp", "tmpfs", 0, NULL));
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Mounts a directory of its own over a system directory.
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
	outcome(mount("/tmp", "/usr", NULL, MS_BIND | MS_REC, NULL));
}

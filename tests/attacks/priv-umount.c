/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Takes a mount away to see what lies below.
 *
 * class: surface
 * verdict: inside
 * control: no: the caller has no mount of its own
 * layers: SECCOMP CAPS LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	only_in_own("mnt");
	outcome(umount2("/proc", MNT_DETACH));
}

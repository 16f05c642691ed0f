/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Enters a namespace through a descriptor.
 *
 * class: surface
 * verdict: inside
 * control: userns
 * layers: SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	outcome(setns(open("/proc/self/ns/uts", O_RDONLY), CLONE_NEWUTS));
}

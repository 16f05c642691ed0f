/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Picks the file system of its root to configure it.
 *
 * class: surface
 * verdict: inside
 * control: no: the file systems of the test belong to the host
 * layers: SECCOMP CAPS LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	outcome(syscall(433, AT_FDCWD, "/tmp", 0));
}

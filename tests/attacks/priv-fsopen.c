/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Makes a file system by the new calls.
 *
 * class: surface
 * verdict: inside
 * control: userns
 * layers: SECCOMP CAPS
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	outcome(syscall(430, "tmpfs", 0));
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads the attributes that a file system keeps of a file.
 *
 * class: surface
 * verdict: inside
 * control: maybe: the call is new in Linux 6.17
 * layers: SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	reached(syscall(468, AT_FDCWD, ".", NULL, 0, 0));
}

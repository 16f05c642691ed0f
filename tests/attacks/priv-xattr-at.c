/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sets an extended attribute by the newer call.
 *
 * class: surface
 * verdict: inside
 * control: maybe: the call is new in Linux 6.13
 * layers: SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	reached(syscall(463, AT_FDCWD, "", 0, "user.x", NULL, 0));
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Makes a user namespace by the x32 call.
 *
 * class: surface
 * verdict: inside
 * control: maybe: the kernel may have no x32 calls
 * layers: SECCOMP UCOUNTS
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	outcome(syscall(0x40000000 | SYS_unshare, CLONE_NEWUSER));
}

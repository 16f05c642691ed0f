/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Makes a user namespace and all others in it at once.
 *
 * class: surface
 * verdict: inside
 * layers: SECCOMP UCOUNTS
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	outcome(unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS));
}

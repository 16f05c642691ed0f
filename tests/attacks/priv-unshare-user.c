/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Makes a user namespace with unshare.
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
	outcome(unshare(CLONE_NEWUSER));
}

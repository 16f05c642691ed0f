/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Makes an IPC namespace with unshare.
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
	outcome(unshare(CLONE_NEWIPC));
}

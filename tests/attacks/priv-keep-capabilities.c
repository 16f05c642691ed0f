/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Asks to keep capabilities over a change of user.
 *
 * class: surface
 * verdict: inside
 * layers: CAPS SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	outcome(prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0));
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Turns mitigations off.
 *
 * class: surface
 * verdict: inside
 * layers: SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	reached(prctl(PR_SET_SPECULATION_CTRL, 77, 0, 0, 0));
}

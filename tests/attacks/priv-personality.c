/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Turns the randomisation of addresses off.
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
	outcome(personality(ADDR_NO_RANDOMIZE));
}

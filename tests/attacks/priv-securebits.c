/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sets its secure bits.
 *
 * class: surface
 * verdict: inside
 * control: userns
 * layers: CAPS SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	outcome(prctl(PR_SET_SECUREBITS, 1 << 4 /* KEEP_CAPS */, 0, 0, 0));
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sets a filter of its own by the old call.
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
	reached(prctl(PR_SET_SECCOMP, 2, NULL, 0, 0));
}

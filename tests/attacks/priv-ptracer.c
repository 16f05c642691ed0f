/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lets any process trace it, for a security module that asks.
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
	reached(prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0));
}

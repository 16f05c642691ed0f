/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * May gain privileges by an exec.
 *
 * class: surface
 * verdict: inside
 * layers: NNP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	outcome(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 0 ? 0 : -1);
}

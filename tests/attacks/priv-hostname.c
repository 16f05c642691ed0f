/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sets the host name.
 *
 * class: surface
 * verdict: inside
 * control: userns
 * layers: SECCOMP CAPS NS_UTS
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	only_in_own("uts");
	outcome(sethostname("attacked", 8));
}

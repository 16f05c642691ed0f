/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Becomes user 0.
 *
 * class: surface
 * verdict: inside
 * control: no: an ordinary user cannot, and root is it already
 * layers: SECCOMP CAPS
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	outcome(getuid() != 0 && setresuid(0, 0, 0) == 0 ? 0 : -1);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Takes the pseudo terminals of the machine.
 *
 * class: resource
 * verdict: inside
 * control: maybe: the host may have none
 * layers: PIVOT LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	outcome(open("/dev/ptmx", O_RDWR | O_NOCTTY));
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Has a capability left.
 *
 * class: surface
 * verdict: inside
 * control: root
 * layers: CAPS
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	outcome(has_capabilities() ? 0 : -1);
}

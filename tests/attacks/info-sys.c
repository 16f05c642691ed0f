/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Looks at the machine in /sys.
 *
 * class: information
 * verdict: inside
 * layers: PIVOT LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	outcome(opendir("/sys/class") || opendir("/sys/kernel") ? 0 : -1);
}

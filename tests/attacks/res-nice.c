/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Takes a higher priority.
 *
 * class: resource
 * verdict: inside
 * control: root
 * layers: RLIMITS CAPS
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	outcome(setpriority(PRIO_PROCESS, 0, -5));
}

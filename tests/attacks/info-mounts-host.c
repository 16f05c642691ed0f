/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Learns the mounts of the host from the mount table.
 *
 * class: information
 * verdict: host-mounts
 * control: maybe: the host may have none of these
 * layers: PIVOT NS_PID
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	show("/proc/self/mountinfo");
	show("/proc/1/mountinfo");
	success();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Learns where in the host's cgroups it lives.
 *
 * class: information
 * verdict: host-cgroup
 * control: maybe: the tests may run in the first cgroup
 * layers: NS_CGROUP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	show("/proc/self/cgroup");
	success();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Learns from the mount table where the host keeps the bundle.
 *
 * class: information
 * verdict: host-path
 * accepted: the kernel names the source of a bind mount; the manual says so
 * control: no: without a sandbox there is no mount
 * layers: none
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	show("/proc/self/mountinfo");
	success();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Opens the kernel's memory.
 *
 * class: information
 * verdict: inside
 * control: maybe: only root may, where there is one
 * layers: NS_PID
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	outcome(open("/proc/kcore", O_RDONLY));
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads the kernel's log from its device.
 *
 * class: information
 * verdict: inside
 * control: maybe: only root may
 * layers: PIVOT LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	if (open("/dev/kmsg", O_RDONLY | O_NONBLOCK) >= 0 || open("/proc/kmsg", O_RDONLY | O_NONBLOCK) >= 0)
		success();
	failure(errno);
}

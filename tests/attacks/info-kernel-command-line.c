/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads the kernel's command line and statistics.
 *
 * class: information
 * verdict: inside
 * layers: NS_PID
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	if (open("/proc/cmdline", O_RDONLY) >= 0 || open("/proc/stat", O_RDONLY) >= 0 ||
	    open("/proc/interrupts", O_RDONLY) >= 0 || open("/proc/sched_debug", O_RDONLY) >= 0)
		success();
	failure(errno);
}

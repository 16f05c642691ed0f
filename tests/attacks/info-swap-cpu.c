/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads the load and memory of the machine from /proc.
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
	if (open("/proc/meminfo", O_RDONLY) >= 0 || open("/proc/loadavg", O_RDONLY) >= 0 ||
	    open("/proc/uptime", O_RDONLY) >= 0 || open("/proc/diskstats", O_RDONLY) >= 0)
		success();
	failure(errno);
}

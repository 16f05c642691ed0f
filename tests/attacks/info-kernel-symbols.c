/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads the kernel's symbols.
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
	if (open("/proc/kallsyms", O_RDONLY) >= 0 || open("/proc/modules", O_RDONLY) >= 0)
		success();
	failure(errno);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Opens settings of the kernel for writing.
 *
 * class: isolation
 * verdict: inside
 * control: root
 * layers: MOUNT_RO LANDLOCK NS_PID
 */
#include "attack.h"

int main(int argc, char **argv)
{
	const char *const paths[] = {"/proc/sys/kernel/core_pattern", "/proc/sys/vm/swappiness",
				     "/proc/sys/kernel/hostname", "/proc/sysrq-trigger"};

	(void)argc;
	start(argv);
	for (int i = 0; i < 4; i++)
		if (open(paths[i], O_WRONLY) >= 0)
			success();
	failure(errno);
}

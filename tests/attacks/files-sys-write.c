/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Opens settings in /sys for writing.
 *
 * class: isolation
 * verdict: inside
 * control: root
 * layers: PIVOT LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	const char *const paths[] = {"/sys/kernel/mm/transparent_hugepage/enabled",
				     "/sys/kernel/profiling", "/sys/power/state",
				     "/sys/fs/cgroup/cgroup.procs"};

	(void)argc;
	start(argv);
	for (int i = 0; i < 4; i++)
		if (open(paths[i], O_WRONLY) >= 0)
			success();
	failure(errno);
}

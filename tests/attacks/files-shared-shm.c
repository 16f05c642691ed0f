/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Leaves shared memory in the host's /dev/shm.
 *
 * class: isolation
 * verdict: host-shm
 * layers: PIVOT
 */
#include "attack.h"

int main(int argc, char **argv)
{
	char path[4096];

	(void)argc;
	start(argv);
	snprintf(path, sizeof(path), "/dev/shm/plugbox-attack-%s", arg("run"));
	outcome(open(path, O_WRONLY | O_CREAT, 0644));
}

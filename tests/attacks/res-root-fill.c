/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Fills the root of the sandbox.
 *
 * class: resource
 * verdict: inside
 * control: no: the root is the machine's
 * layers: MOUNT_RO LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	const char *const dirs[] = {"/", "/etc", "/dev", "/plugin", "/usr"};
	char path[64];

	(void)argc;
	start(argv);
	only_in_own("mnt");
	for (int i = 0; i < 5; i++) {
		snprintf(path, sizeof(path), "%s/plugbox-attack", dirs[i]);
		if (open(path, O_WRONLY | O_CREAT, 0600) >= 0) {
			unlink(path);
			success();
		}
	}
	failure(errno);
}

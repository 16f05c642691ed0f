/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Opens the devices of the machine.
 *
 * class: isolation
 * verdict: inside
 * control: root
 * layers: PIVOT LANDLOCK MOUNT_FLAGS
 */
#include "attack.h"

int main(int argc, char **argv)
{
	const char *const paths[] = {"/dev/mem", "/dev/kmsg", "/dev/port", "/dev/vda", "/dev/sda",
				     "/dev/nvme0n1", "/dev/kvm", "/dev/fuse", "/dev/net/tun",
				     "/dev/loop-control", "/dev/mapper/control"};

	(void)argc;
	start(argv);
	for (int i = 0; i < 11; i++)
		if (open(paths[i], O_RDONLY | O_NONBLOCK) >= 0)
			success();
	failure(errno);
}

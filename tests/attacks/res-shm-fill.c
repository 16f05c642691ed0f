/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Fills /dev/shm.
 *
 * class: resource
 * verdict: inside
 * control: maybe: the host's may be small
 * layers: TMP_SIZE
 */
#include "attack.h"

int main(int argc, char **argv)
{
	static char block[1 << 20];
	char path[256];
	int err = 0, n = 0, fd;

	(void)argc;
	start(argv);
	snprintf(path, sizeof(path), "/dev/shm/plugbox-attack-%s", arg("run"));
	fd = open(path, O_WRONLY | O_CREAT, 0600);
	for (; n < 96; n++)
		if (write(fd, block, sizeof(block)) != (ssize_t)sizeof(block)) {
			err = errno;
			break;
		}
	unlink(path);
	if (n == 96)
		success();
	failure(err);
}

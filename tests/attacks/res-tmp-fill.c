/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Fills /tmp.
 *
 * class: resource
 * verdict: inside
 * landlock: tmp-size
 * layers: TMP_SIZE
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	static char block[1 << 20];
	const char *path = own_tmp();
	int err = 0, n = 0, fd = open(path, O_WRONLY | O_CREAT, 0600);

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

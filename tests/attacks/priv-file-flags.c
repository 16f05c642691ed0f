/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sets the attributes of a file in a granted directory by ioctl.
 *
 * class: surface
 * allow: file_system_write
 * verdict: inside
 * layers: SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	int flags = 0x40; /* no dump */
	int fd = open(in_dir("grant", "flagged"), O_RDWR | O_CREAT, 0600);

	reached(ioctl(fd, _IOW('f', 2, long), &flags));
}

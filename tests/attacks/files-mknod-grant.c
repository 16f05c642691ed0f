/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Leaves a device node in a directory that it may write.
 *
 * class: isolation
 * allow: file_system_write
 * verdict: grant-device
 * control: root
 * layers: SECCOMP CAPS LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	outcome(mknod(in_dir("grant", "node"), S_IFCHR | 0666, makedev(1, 3)));
}

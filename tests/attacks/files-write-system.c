/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Opens a program of the host for writing.
 *
 * class: isolation
 * verdict: inside
 * control: root
 * layers: MOUNT_RO LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	outcome(open("/usr/bin/nologin", O_WRONLY) >= 0 || open("/usr/sbin/nologin", O_WRONLY) >= 0 ? 0
												    : -1);
}

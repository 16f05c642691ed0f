/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Leases a file of its own.
 *
 * class: surface
 * allow: file_system_write
 * verdict: inside
 * layers: SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	int fd;

	(void)argc;
	start(argv);
	fd = open(in_dir("grant", "leased"), O_RDWR | O_CREAT, 0600);
	outcome(fcntl(fd, F_SETLEASE, F_WRLCK));
}

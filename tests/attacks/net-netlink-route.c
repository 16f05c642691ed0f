/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Opens the kernel's network configuration.
 *
 * class: surface
 * verdict: inside
 * layers: SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	outcome(socket(AF_NETLINK, SOCK_RAW, 0));
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Opens netlink's netfilter family with the network granted.
 *
 * class: surface
 * allow: network=loopback
 * verdict: inside
 * layers: SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	outcome(socket(AF_NETLINK, SOCK_RAW, 12));
}

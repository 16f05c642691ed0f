/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Opens a ping socket.
 *
 * class: surface
 * allow: network=loopback
 * verdict: inside
 * control: maybe: the host may not let the user's group
 * layers: SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	outcome(socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP));
}

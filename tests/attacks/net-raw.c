/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Opens a raw socket.
 *
 * class: surface
 * allow: network=loopback
 * verdict: inside
 * control: userns
 * layers: SECCOMP CAPS
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	outcome(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
}

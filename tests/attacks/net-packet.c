/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Opens a packet socket.
 *
 * class: surface
 * verdict: inside
 * control: userns
 * layers: SECCOMP CAPS NS_NET
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	outcome(socket(AF_PACKET, SOCK_RAW, 0x0300));
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Opens an XDP socket.
 *
 * class: surface
 * verdict: inside
 * control: userns
 * layers: SECCOMP CAPS
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	outcome(socket(44, SOCK_RAW, 0));
}

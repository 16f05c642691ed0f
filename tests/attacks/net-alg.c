/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Opens the kernel's crypto interface.
 *
 * class: surface
 * verdict: inside
 * control: maybe: the kernel may lack it
 * layers: SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	outcome(socket(38, SOCK_SEQPACKET, 0));
}

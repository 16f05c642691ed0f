/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Opens a socket to the hypervisor, which no network namespace confines.
 *
 * class: isolation
 * verdict: inside
 * layers: SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	outcome(socket(AF_VSOCK, SOCK_STREAM, 0));
}

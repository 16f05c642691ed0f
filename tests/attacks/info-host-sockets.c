/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lists the host's sockets with their names.
 *
 * class: information
 * verdict: secret
 * layers: NS_NET
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	show("/proc/self/net/unix");
	show("/proc/net/unix");
	success();
}

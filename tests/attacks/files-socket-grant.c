/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Leaves a socket in a directory that it may write, for the host to meet.
 *
 * class: isolation
 * allow: file_system_write
 * verdict: grant-socket
 * layers: LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	struct sockaddr_un a;
	socklen_t len = unix_address(&a, arg("grant"), "/socket");

	outcome(bind(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&a, len));
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Connects to an abstract socket of the host with the host's network granted.
 *
 * class: isolation
 * allow: network=host
 * verdict: received
 * layers: LANDLOCK
 * abi: 6: the manual says that the host's network brings them before
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	struct sockaddr_un a;
	socklen_t len = 0;
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	len = unix_address(&a, "", arg("abstract"));
	if (fd < 0 || connect(fd, (struct sockaddr *)&a, len) < 0)
		failure(errno);
	outcome(tell_run(fd, NULL, 0) ? 0 : -1);
}

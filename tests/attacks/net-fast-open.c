/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Connects without connect: TCP fast open.
 *
 * class: isolation
 * verdict: received
 * layers: NS_NET SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	struct sockaddr_in a;
	const char *id;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	a = inet4("tcp");
	id = arg("run");
	outcome(sendto(fd, id, strlen(id), MSG_FASTOPEN | MSG_NOSIGNAL, (struct sockaddr *)&a,
		       sizeof(a)));
}

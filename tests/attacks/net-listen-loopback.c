/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The same with a loopback of its own.
 *
 * class: isolation
 * allow: network=loopback
 * during: connect
 * verdict: reachable
 * layers: NS_NET
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	char word[32];

	if (fd < 0 || bind(fd, (struct sockaddr *)&a, len) < 0 || listen(fd, 1) < 0 ||
	    getsockname(fd, (struct sockaddr *)&a, &len) < 0)
		failure(errno);
	snprintf(word, sizeof(word), "listening %d", ntohs(a.sin_port));
	await_run(word);
	success();
}

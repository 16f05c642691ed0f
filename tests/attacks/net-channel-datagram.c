/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Takes the channel, a datagram socket of the host's network, for another of its sockets.
 *
 * class: isolation
 * needs: datagram
 * verdict: received
 * layers: RELAY LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	static const char *const names[] = {"abstract_dgram", "unix_dgram"};
	struct sockaddr none = {.sa_family = AF_UNSPEC};
	struct sockaddr_un a;
	int type = 0;
	socklen_t len = sizeof(type);

	(void)argc;
	start(argv);
	if (getsockopt(0, SOL_SOCKET, SO_TYPE, &type, &len) < 0)
		failure(errno);
	for (int i = 0; i < 4; i++) {
		len = unix_address(&a, "", arg(names[i % 2]));
		if (tell_run(0, (struct sockaddr *)&a, len))
			success();
		connect(0, &none, sizeof(none));
		if (connect(0, (struct sockaddr *)&a, len) == 0 && tell_run(0, NULL, 0))
			success();
	}
	failure(errno);
}

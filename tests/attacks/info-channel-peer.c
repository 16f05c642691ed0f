/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Learns the number of the host program by its socket, the channel.
 *
 * class: information
 * needs: stream
 * verdict: inside
 * layers: NS_PID
 * landlock: processes
 */
#include "attack.h"

#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77
#endif

int main(int argc, char **argv)
{
	struct ucred peer = {0};
	char path[64], line[256];
	int pidfd = -1;
	socklen_t len = sizeof(peer);
	FILE *info;

	(void)argc;
	start(argv);
	if (getsockopt(0, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 && peer.pid == number("caller"))
		success();
	len = sizeof(pidfd);
	if (getsockopt(0, SOL_SOCKET, SO_PEERPIDFD, &pidfd, &len) < 0)
		failure(errno);
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", pidfd);
	info = fopen(path, "r");
	while (info && fgets(line, sizeof(line), info))
		if (strncmp(line, "Pid:", 4) == 0 && strtol(line + 4, NULL, 10) == number("caller"))
			success();
	failure(0);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Signals the host program by what its socket, the channel, tells of it.
 *
 * class: isolation
 * needs: stream
 * verdict: caller-signal
 * layers: NS_PID LANDLOCK
 */
#include "attack.h"

#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77
#endif

int main(int argc, char **argv)
{
	struct ucred peer = {0};
	socklen_t len = sizeof(peer);
	int pidfd = -1;

	(void)argc;
	start(argv);
	if (getsockopt(0, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 && peer.pid > 1 &&
	    peer.pid != getpid())
		kill(peer.pid, SIGUSR2);
	len = sizeof(pidfd);
	if (getsockopt(0, SOL_SOCKET, SO_PEERPIDFD, &pidfd, &len) < 0)
		failure(errno);
	outcome(syscall(SYS_pidfd_send_signal, pidfd, SIGUSR2, NULL, 0));
}

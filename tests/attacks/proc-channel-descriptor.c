/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Takes a descriptor from the host program, which its socket, the channel, leads to.
 *
 * class: isolation
 * needs: stream
 * verdict: inside
 * control: maybe: kernels before 6.5 have no descriptor of a peer
 * layers: SECCOMP NS_USER
 */
#include "attack.h"

#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77
#endif

int main(int argc, char **argv)
{
	int pidfd = -1;
	socklen_t len = sizeof(pidfd);

	(void)argc;
	start(argv);
	if (getsockopt(0, SOL_SOCKET, SO_PEERPIDFD, &pidfd, &len) < 0)
		failure(errno);
	outcome(syscall(SYS_pidfd_getfd, pidfd, 1, 0));
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Takes the namespaces of the host program, which its socket, the channel, leads to.
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

/* PIDFD_GET_*_NAMESPACE: cgroup, ipc, mnt, net, pid and so on */
#define PIDFD_GET_NAMESPACE(n) _IO(0xFF, n)

int main(int argc, char **argv)
{
	int pidfd = -1;
	socklen_t len = sizeof(pidfd);

	(void)argc;
	start(argv);
	if (getsockopt(0, SOL_SOCKET, SO_PEERPIDFD, &pidfd, &len) < 0)
		failure(errno);
	for (int n = 1; n <= 10; n++)
		if (ioctl(pidfd, PIDFD_GET_NAMESPACE(n), 0) >= 0)
			success();
	/* of the network namespace by the socket itself: SIOCGSKNS */
	if (ioctl(0, 0x894C) >= 0)
		success();
	outcome(syscall(SYS_setns, pidfd, CLONE_NEWIPC));
}

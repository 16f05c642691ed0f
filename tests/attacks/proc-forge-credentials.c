/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Claims to be another process on a socket.
 *
 * class: isolation
 * verdict: inside
 * control: root
 * layers: CAPS
 */
#include "attack.h"

int main(int argc, char **argv)
{
	int fds[2], one = 1;
	char c = 0, control[CMSG_SPACE(sizeof(struct ucred))] = "";
	struct iovec v = {&c, 1};
	struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1, .msg_control = control,
			   .msg_controllen = sizeof(control)};
	struct cmsghdr *h = CMSG_FIRSTHDR(&m);
	struct ucred cred = {.pid = 1, .uid = getuid(), .gid = getgid()};

	(void)argc;
	start(argv);
	h->cmsg_level = SOL_SOCKET;
	h->cmsg_type = SCM_CREDENTIALS;
	h->cmsg_len = CMSG_LEN(sizeof(cred));
	memcpy(CMSG_DATA(h), &cred, sizeof(cred));
	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, fds) < 0)
		failure(errno);
	setsockopt(fds[0], SOL_SOCKET, SO_PASSCRED, &one, sizeof(one));
	outcome(sendmsg(fds[1], &m, 0));
}

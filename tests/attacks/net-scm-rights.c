/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Has a service of the host hand a descriptor in over an abstract socket or a path.
 *
 * class: isolation
 * verdict: secret
 * layers: NS_NET PIVOT LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	struct sockaddr_un a;
	const char *const names[] = {"giver", "giver_path"};

	(void)argc;
	start(argv);
	for (int i = 0; i < 2; i++) {
		socklen_t len = unix_address(&a, "", arg(names[i]));
		int fd = socket(AF_UNIX, SOCK_STREAM, 0);
		char byte, control[CMSG_SPACE(sizeof(int))];
		struct iovec v = {&byte, 1};
		struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1, .msg_control = control,
				   .msg_controllen = sizeof(control)};

		if (connect(fd, (struct sockaddr *)&a, len) == 0 && recvmsg(fd, &m, 0) > 0 &&
		    CMSG_FIRSTHDR(&m) && show_fd(*(int *)(void *)CMSG_DATA(CMSG_FIRSTHDR(&m))))
			success();
	}
	failure(errno);
}

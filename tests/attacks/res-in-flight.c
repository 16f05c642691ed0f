/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Keeps the user's other programs from passing descriptors: has as many on the way as it may.
 *
 * class: resource
 * verdict: passing-refused
 * during: pass
 * control: no: the user's programs pass descriptors
 * layers: RLIMITS
 */
#include "attack.h"

/* SCM_MAX_FD */
#define AT_ONCE 253

static long pass(int to, int what, int n)
{
	char c = 'x', control[CMSG_SPACE(AT_ONCE * sizeof(int))];
	struct iovec v = {&c, 1};
	struct msghdr m = {.msg_iov = &v,
			   .msg_iovlen = 1,
			   .msg_control = control,
			   .msg_controllen = CMSG_SPACE((size_t)n * sizeof(int))};
	struct cmsghdr *h;

	memset(control, 0, sizeof(control));
	h = CMSG_FIRSTHDR(&m);
	h->cmsg_level = SOL_SOCKET;
	h->cmsg_type = SCM_RIGHTS;
	h->cmsg_len = CMSG_LEN((size_t)n * sizeof(int));
	for (int i = 0; i < n; i++)
		memcpy(CMSG_DATA(h) + (size_t)i * sizeof(int), &what, sizeof(int));
	return sendmsg(to, &m, MSG_DONTWAIT);
}

int main(int argc, char **argv)
{
	int ends[2], sent = 0;

	(void)argc;
	start(argv);
	while (sent < 100000 && socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0) {
		int here = 0;

		while (here < 10000 && pass(ends[0], ends[0], AT_ONCE) == 1)
			here += AT_ONCE;
		sent += here;
		if (here == 0)
			break;
	}
	say("ATTACK sent %d\n", sent);
	await_run("ready");
	failure(sent ? 0 : errno);
}

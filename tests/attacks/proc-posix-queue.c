/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Takes a message from a POSIX queue of the host's.
 *
 * class: isolation
 * needs: ipc
 * allow: subprocess
 * verdict: secret
 * layers: NS_IPC
 */
#include "attack.h"

int main(int argc, char **argv)
{
	char buf[8193] = "", name[64];
	unsigned prio;
	int q;

	(void)argc;
	start(argv);
	snprintf(name, sizeof(name), "%s", arg("queue"));
	q = (int)syscall(SYS_mq_open, name + 1, O_RDONLY | O_NONBLOCK, 0, NULL);
	if (q < 0 || syscall(SYS_mq_timedreceive, q, buf, sizeof(buf) - 1, &prio, NULL) < 0)
		failure(errno);
	say("%s\n", buf);
	success();
}

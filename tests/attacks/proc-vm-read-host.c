/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads the memory of a process of the host's.
 *
 * class: isolation
 * needs: victim
 * verdict: secret
 * layers: NS_PID SECCOMP LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	char buf[64] = "";
	struct iovec to = {buf, sizeof(buf) - 1}, from = {(void *)number("address"), sizeof(buf) - 1};

	if (process_vm_readv((pid_t)number("victim"), &to, 1, &from, 1, 0) < 0)
		failure(errno);
	say("%s\n", buf);
	success();
}

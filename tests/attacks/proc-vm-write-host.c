/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writes to the memory of a process of the host's.
 *
 * class: isolation
 * needs: victim
 * verdict: victim-memory
 * layers: NS_PID SECCOMP LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	char buf[] = "FORGED";
	struct iovec from = {buf, sizeof(buf)}, to = {(void *)number("address"), sizeof(buf)};

	outcome(process_vm_writev((pid_t)number("victim"), &from, 1, &to, 1, 0));
}

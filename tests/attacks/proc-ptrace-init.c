/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Traces process 1 of the sandbox.
 *
 * class: isolation
 * verdict: inside
 * control: no: process 1 is the machine's
 * layers: SECCOMP INIT_DUMPABLE
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	if (getpid() > 1000)
		broken("not tried in the host's own namespace");
	outcome(ptrace(PTRACE_SEIZE, 1, NULL, NULL));
}

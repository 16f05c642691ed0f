/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Asks whether a process of the host exists, by a call.
 *
 * class: information
 * needs: victim
 * verdict: inside
 * landlock: processes
 * layers: NS_PID
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	if (getpgid((pid_t)number("victim")) >= 0 || getsid((pid_t)number("victim")) >= 0)
		success();
	failure(errno);
}

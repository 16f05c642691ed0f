/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Asks for an address in a process of the host's.
 *
 * class: information
 * needs: victim
 * verdict: inside
 * layers: NS_PID LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	void *head;
	size_t len;

	(void)argc;
	start(argv);
	outcome(syscall(SYS_get_robust_list, number("victim"), &head, &len));
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Asks where the memory of a process of the host's lies.
 *
 * class: information
 * needs: victim
 * verdict: inside
 * layers: NS_PID SECCOMP LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	void *page = (void *)(number("address") & ~4095L);
	int status;

	outcome(syscall(SYS_move_pages, number("victim"), 1UL, &page, NULL, &status, 0));
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Asks for an address in process 1.
 *
 * class: information
 * verdict: inside
 * control: no: process 1 is the machine's
 * layers: INIT_DUMPABLE
 */
#include "attack.h"

int main(int argc, char **argv)
{
	void *head;
	size_t len;

	(void)argc;
	start(argv);
	if (getpid() > 1000)
		broken("not tried in the host's own namespace");
	outcome(syscall(SYS_get_robust_list, 1, &head, &len));
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Fills POSIX message queues of the user's.
 *
 * class: resource
 * allow: subprocess
 * verdict: inside
 * control: maybe: the caller may have a low limit
 * layers: RLIMITS
 */
#include "attack.h"

int main(int argc, char **argv)
{
	char name[64];
	long q;

	(void)argc;
	start(argv);
	snprintf(name, sizeof(name), "plugbox-attack-%s", arg("run"));
	q = syscall(SYS_mq_open, name, O_RDWR | O_CREAT, 0600, NULL);
	if (q >= 0)
		syscall(SYS_mq_unlink, name);
	outcome(q);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Holds a lock on a host file that the caller left open.
 *
 * class: isolation
 * needs: leak
 * during: lock
 * verdict: host-locked
 * layers: FDS
 */
#include "attack.h"

#include <sys/file.h>

int main(int argc, char **argv)
{
	bool locked = false;

	(void)argc;
	start(argv);
	for (int fd = 3; fd < 1024; fd++)
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			locked = true;
	if (!locked)
		failure(errno);
	await_run("ready");
	success();
}

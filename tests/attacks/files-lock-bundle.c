/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Holds a lock on a file of its bundle that keeps the host waiting.
 *
 * class: resource
 * during: lock
 * verdict: host-locked
 * accepted: a lock is advisory, and what can be read can be locked; hosts must not lock bundles
 * layers: none
 */
#include "attack.h"

#include <sys/file.h>

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	int fd = open("plugin.yaml", O_RDONLY);

	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) < 0)
		failure(errno);
	await_run("ready");
	success();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads System V shared memory of the host's.
 *
 * class: isolation
 * needs: ipc
 * allow: subprocess
 * verdict: secret
 * layers: NS_IPC
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	void *p;
	int id = shmget((key_t)number("shm_key"), 0, 0);

	p = id < 0 ? (void *)-1 : shmat(id, NULL, SHM_RDONLY);
	if (p == (void *)-1)
		failure(errno);
	say("%s\n", (char *)p);
	success();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The same where nothing is granted.
 *
 * class: isolation
 * needs: ipc
 * verdict: secret
 * layers: NS_IPC SECCOMP
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

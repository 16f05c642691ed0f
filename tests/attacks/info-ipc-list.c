/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lists the System V objects of the host's.
 *
 * class: information
 * needs: ipc
 * allow: subprocess
 * verdict: inside
 * layers: NS_IPC
 */
#include "attack.h"

int main(int argc, char **argv)
{
	struct shm_info info;

	(void)argc;
	start(argv);
	outcome(shmctl(0, SHM_INFO, (struct shmid_ds *)(void *)&info) >= 0 && info.used_ids > 0 ? 0 : -1);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Takes a message from a System V queue of the host's.
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
	struct {
		long type;
		char text[256];
	} m = {0};
	int id = msgget((key_t)number("msg_key"), 0);

	if (id < 0 || msgrcv(id, &m, sizeof(m.text) - 1, 0, IPC_NOWAIT) < 0)
		failure(errno);
	say("%s\n", m.text);
	success();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writes over what stood in the host's file before.
 *
 * class: isolation
 * needs: log-out
 * verdict: log-changed
 * layers: RELAY
 */
#include "attack.h"

int main(int argc, char **argv)
{
	int log = dup(1), moved = dup2(2, 1);

	(void)argc;
	start(argv);
	outcome(moved == 1 && pwrite(log, "FORGED", 6, 0) == 6 ? 0 : -1);
}

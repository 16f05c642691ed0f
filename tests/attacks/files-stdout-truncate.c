/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Cuts the host's file short through its standard output.
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
	outcome(moved == 1 ? ftruncate(log, 0) : -1);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writes over earlier lines of the host's log.
 *
 * class: isolation
 * needs: log
 * verdict: log-changed
 * layers: RELAY
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	if (pwrite(2, "FORGED", 6, 0) == 6)
		success();
	failure(errno);
}

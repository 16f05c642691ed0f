/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Leaves the host's own end of a pipe with other flags: its reads fail then.
 *
 * class: isolation
 * needs: pipe
 * verdict: caller-flags
 * layers: RELAY
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	outcome(fcntl(0, F_SETFL, fcntl(0, F_GETFL) | O_NONBLOCK));
}
